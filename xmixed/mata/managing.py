"""What is done with Mata's memory as a whole: `mata clear`, `mata describe`, `mata drop`, `mata set`, ..."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xmixed.errors import StataError
from xmixed.expressions.varlist import matches_pattern
from xmixed.mata.errors import not_built
from xmixed.mata.memory import MataMemory, memory_of
from xmixed.mata.values import StructureValue, Value, Viewed
from xmixed.session.state import SessionState

REFUSED = frozenset("mlib mosave matsave matuse which help".split())
"""Words of Mata's that are about files of compiled code and matrices."""


def manage(session: SessionState, text: str) -> bool:
    """Carry out a command about Mata's memory; returns whether the text begins with one.

    Raises
    ------
    StataError
        r(3499) for a name that is not there; r(198).
    """
    word, _, rest = text.strip().partition(" ")
    if word in REFUSED:
        raise not_built(f"mata {word}")
    full = next((name for name in _COMMANDS if _is_short_for(word, name)), None)
    if full is None:
        return False
    _COMMANDS[full](memory_of(session), rest.strip())
    return True


def _is_short_for(word: str, name: str) -> bool:
    return name.startswith(word) and len(word) >= _SHORTEST.get(name, len(name))


def _clear(memory: MataMemory, rest: str) -> None:
    memory.clear()


def _drop(memory: MataMemory, rest: str) -> None:
    for word in rest.split():
        names = _matching(memory, word)
        if not names:
            raise StataError(3499, f"{word} not found")
        for name in names:
            if name.endswith("()"):
                memory.drop_function(name[:-2])
            else:
                del memory.variables[name]


def _matching(memory: MataMemory, word: str) -> list[str]:
    known = [*memory.variables, *(f"{name}()" for name in memory.user)]
    return [name for name in known if matches_pattern(name, word)]


def _rename(memory: MataMemory, rest: str) -> None:
    words = rest.split()
    if len(words) != 2:
        raise StataError(198, "invalid syntax")
    if words[0] not in memory.variables:
        raise StataError(3499, f"{words[0]} not found")
    memory.variables[words[1]] = memory.variables.pop(words[0])


def _describe(memory: MataMemory, rest: str) -> None:
    """Stata: functions in the order of their names, then matrices."""
    wanted = rest.split()
    out = memory.session.out
    rule = "-" * 79
    out.write("", "      # bytes   type                        name and extent", rule)
    rows = [(128, _function_type(memory, name), f"{name}()") for name in sorted(memory.user)]
    rows += [
        (_size(value), _type(value), name + _extent(value))
        for name, value in sorted(memory.variables.items())
    ]
    for size, kind, name in rows:
        if not wanted or any(matches_pattern(name.partition("[")[0], word) for word in wanted):
            out.write(f"{size:>13,d}   {kind:<28}{name}")
    out.write(rule)


def _function_type(memory: MataMemory, name: str) -> str:
    kind = memory.user[name].definition.type
    if kind.element == "void":
        return "void"
    return " ".join(("auto", kind.element, kind.shape))


def _type(value: Value) -> str:
    if isinstance(value, float):
        return "real scalar"
    if isinstance(value, str):
        return "string scalar"
    if isinstance(value, StructureValue):
        return f"struct {value.name} scalar"
    if isinstance(value, Viewed):
        return f"{_shaped(value.text, value.shape)} (view)"
    if not isinstance(value, np.ndarray):
        return "pointer scalar"
    return _shaped(value.dtype == object, value.shape)


def _shaped(text: bool, shape: tuple[int, ...]) -> str:
    rows, columns = shape
    name = "rowvector" if rows == 1 else "colvector" if columns == 1 else "matrix"
    return f"{'string' if text else 'real'} {'scalar' if rows == columns == 1 else name}"


def _extent(value: Value) -> str:
    if not isinstance(value, (Viewed, np.ndarray)):
        return ""
    rows, columns = value.shape
    return f"[{columns}]" if rows == 1 else f"[{rows}]" if columns == 1 else f"[{rows},{columns}]"


def _size(value: Value) -> int:
    if isinstance(value, str):
        return len(value) + 1
    if isinstance(value, np.ndarray) and value.dtype == object:
        return sum(len(str(item)) + 1 for item in value.ravel())
    return 8 * value.size if isinstance(value, np.ndarray) else 24 if isinstance(value, Viewed) else 8


def _set(memory: MataMemory, rest: str) -> None:
    words = rest.split()
    if len(words) != 2 or words[0] not in (
        "matastrict",
        "mataoptimize",
        "matalnum",
        "matafavor",
        "matacache",
    ):
        raise StataError(198, "invalid syntax")
    if words[0] == "matastrict":
        if words[1] not in ("on", "off"):
            raise StataError(198, "invalid syntax")
        memory.strict = words[1] == "on"


def _query(memory: MataMemory, rest: str) -> None:
    memory.session.out.write(f"    set matastrict      {'on' if memory.strict else 'off'}")


def _stata(memory: MataMemory, rest: str) -> None:
    memory.session.execute(rest)


_COMMANDS: dict[str, Callable[[MataMemory, str], None]] = {
    "clear": _clear,
    "describe": _describe,
    "drop": _drop,
    "query": _query,
    "rename": _rename,
    "set": _set,
    "stata": _stata,
}
_SHORTEST = {"describe": 1}
