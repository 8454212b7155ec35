"""Timers of a session."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Timer:
    """How long a timer has run.

    Attributes
    ----------
    seconds : float
        Over all runs that ended.
    count : int
        How many have ended.
    started : float or None
        When the present run began; None while it stands.
    """

    seconds: float = 0.0
    count: int = 0
    started: float | None = None
