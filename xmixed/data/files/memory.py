"""Whether what is about to be read fits into memory, asked before the machine begins to swap."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from xmixed.errors import StataError

_CGROUP = Path("/sys/fs/cgroup")


def require_memory(needed: float) -> None:
    """Refuse work that needs more bytes than there are free; r(909)."""
    free = available_memory()
    if free is not None and needed > free:
        hint = f"about {needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free"
        raise StataError(909, "op. sys. refuses to provide memory", hint=hint)


def available_memory() -> float | None:
    """Return how many bytes can be used without swapping; None where the system does not say."""
    known = [value for value in (_of_system(), _of_group(), _of_process()) if value is not None]
    return max(0.0, min(known)) if known else None


def _of_system() -> float | None:
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return float(os.sysconf("SC_AVPHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    return None


def _of_group() -> float | None:
    with suppress(OSError, ValueError):
        limit = (_CGROUP / "memory.max").read_text().strip()
        if limit != "max":
            return float(limit) - float((_CGROUP / "memory.current").read_text())
    return None


def _of_process() -> float | None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit != resource.RLIM_INFINITY:
            pages = int(Path("/proc/self/statm").read_text().split()[0])
            return float(limit - pages * resource.getpagesize())
    return None
