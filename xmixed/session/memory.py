"""What functions remember from one command to the next: the random stream, groups of regexm()."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

DEFAULT_SEED = 123456789
"""Seed of a fresh session, as Stata's."""


@dataclass(slots=True, eq=False)
class Memory:
    """What functions remember from one command to the next.

    The random numbers are numpy's (PCG64), reproducible with `set seed`, but not Stata's own stream.

    Attributes
    ----------
    seed : int
        Seed of the stream.
    matches : list of tuple of str, tuple of str, or None
        Groups of the last regexm(): by observation after a column, one tuple after a constant.
    elapsed : float
        Seconds that the last command took, counted while `set rmsg on`.
    """

    seed: int = DEFAULT_SEED
    matches: list[tuple[str, ...]] | tuple[str, ...] | None = None
    elapsed: float = 0.0
    _generator: Any = None

    def generator(self) -> np.random.Generator:
        """Return the random stream, started from the seed when first used."""
        if self._generator is None:
            self._generator = np.random.default_rng(self.seed)
        return self._generator

    def saved(self) -> tuple[Any, ...]:
        """Return what `restore` takes to put everything back as it is now."""
        state = None if self._generator is None else self._generator.bit_generator.state
        return self.seed, self.matches, state

    def restore(self, saved: tuple[Any, ...]) -> None:
        """Put back what `saved` returned: the same random numbers follow."""
        self.seed, self.matches, state = saved
        if state is None:
            self._generator = None
        else:
            self.generator().bit_generator.state = state

    def reseed(self, seed: int) -> None:
        """Start the stream again from a seed."""
        self.seed, self._generator = seed, None
