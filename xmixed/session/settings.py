"""Session settings that `set` changes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Settings:
    """Defaults are Stata's."""

    linesize: int = 80
    level: float = 95.0
    more: bool = False
    cformat: str = ""
    pformat: str = ""
    sformat: str = ""
    type: str = "float"
    lstretch: bool = True
    seed: int | None = None
    showbaselevels: str = ""  # "", "on" (baselevels) or "all" (allbaselevels)
    showomitted: bool = True
    showemptycells: bool = True
    graphics: bool = True
    scheme: str = "xmixed"
