"""Whether data that are to be made fit into memory, before anything of them is made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import inf

from xmixed.data.dataset import Variable
from xmixed.errors import StataError

_UNITS = {"b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes that data may take, as `set max_memory` says; never more than the machine has free."""

    limit: float = inf

    @classmethod
    def of_setting(cls, text: str) -> Room:
        """Return the room of a setting: `.` for no limit, else `2g`, `500m`, `1000k`, bytes."""
        if text == ".":
            return cls()
        unit = _UNITS.get(text[-1])
        return cls(float(text[:-1]) * unit if unit else float(text))

    def require(self, rows: float, variables: Iterable[Variable]) -> None:
        """Refuse rows of variables that do not fit, r(909)."""
        self.require_bytes(rows * sum(variable.values.itemsize for variable in variables))

    def require_bytes(self, needed: float) -> None:
        """Refuse so many bytes where they do not fit, r(909)."""
        if needed > self.limit or needed > _SMALL and needed > free_memory():
            raise StataError(909, "op. sys. refuses to provide memory")


UNLIMITED = Room()

_SMALL = 1 << 26
"""Bytes below which nobody asks what is free."""


def free_memory() -> float:
    """Return the bytes that programs can still have; infinity where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as table:
            for line in table:
                if line.startswith("MemAvailable:"):
                    return float(line.split()[1]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return inf
