"""Global macros that are there without being set: `$S_DATE`, `$S_FN`, ..."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping

from xmixed.expressions.context import Context
from xmixed.expressions.system_values import system_value
from xmixed.formats.plain import number_text
from xmixed.session.state import SessionState

SYSTEM_MACROS = {
    "S_DATE": "current_date",
    "S_TIME": "current_time",
    "S_FNDATE": "filedate",
    "S_FN": "filename",
    "S_level": "level",
    "S_ADO": "adopath",
    "S_FLAVOR": "flavor",
    "S_OS": "os",
    "S_MACH": "machine_type",
}
"""The values of c() that they hold."""


def system_macro(session: SessionState, name: str) -> str:
    """Return the contents of a macro of the system; "" for none."""
    source = SYSTEM_MACROS.get(name)
    if source is None:
        return ""
    value = system_value(source, Context.of(session))
    return value if isinstance(value, str) else number_text(value)


class SystemMacros(Mapping[str, str]):
    """The macros of the system as a mapping, computed when asked for."""

    def __init__(self, session: SessionState) -> None:
        self._session = session

    def __getitem__(self, name: str) -> str:
        if name not in SYSTEM_MACROS:
            raise KeyError(name)
        return system_macro(self._session, name)

    def __iter__(self) -> Iterator[str]:
        return iter(SYSTEM_MACROS)

    def __len__(self) -> int:
        return len(SYSTEM_MACROS)


def global_macros(session: SessionState) -> ChainMap[str, str]:
    """Return what `$name` may stand for: what was set, then the macros of the system."""
    return ChainMap(session.global_macros, SystemMacros(session))  # type: ignore[arg-type]


def system_macros(session: SessionState) -> dict[str, str]:
    """Return the macros of the system that hold something, in the order in which they are listed."""
    found = {name: system_macro(session, name) for name in SYSTEM_MACROS}
    return {name: value for name, value in found.items() if value}
