"""Where arrays by group are kept: in memory, or in files where they would take more of it than they may."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from math import inf, prod
from mmap import mmap

import numpy as np

_BLOCK = 1 << 16


@dataclass(frozen=True, slots=True)
class Storage:
    """Room for large arrays.

    Attributes
    ----------
    room : float
        Bytes of memory that one array may take. A larger one is a mapped file: what is not being used of it
        need not be in memory.
    """

    room: float = inf

    def empty(self, shape: tuple[int, ...]) -> np.ndarray:
        """An array of doubles whose values are yet to be set; zeros where it is a file.

        Raises
        ------
        MemoryError
            There is no room on the disk either.
        """
        size = 8 * prod(shape)
        if size <= self.room:
            return np.empty(shape)
        return np.frombuffer(_mapped(size)).reshape(shape)

    def numbers(self, count: int) -> np.ndarray:
        """The integers from 0 on; raises as `empty`."""
        found = self.empty((count,)).view(np.int64)
        for first in range(0, count, _BLOCK):
            found[first : first + _BLOCK] = np.arange(first, min(first + _BLOCK, count))
        return found

    def zeros(self, shape: tuple[int, ...]) -> np.ndarray:
        """An array of zeros; raises as `empty`."""
        size = 8 * prod(shape)
        return np.zeros(shape) if size <= self.room else self.empty(shape)


IN_MEMORY = Storage()


def _mapped(size: int) -> mmap:
    """A temporary file of zeros, mapped; it has no name, so that nothing of it is left behind."""
    try:
        with tempfile.TemporaryFile() as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, size)  # else a full disk would end the process
            else:
                file.truncate(size)
            return mmap(file.fileno(), size)
    except OSError as error:
        raise MemoryError(f"no room for temporary files: {error.strerror}") from error
