"""Macro functions of matrices: their sizes and names."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.macros.registry import invalid, macro_function
from xmixed.session.results import Matrix
from xmixed.session.state import SessionState


def _matrix(session: SessionState, name: str) -> Matrix:
    found = Context.of(session).matrix(name.strip())
    if found is None:
        raise StataError(111, f"matrix {name.strip()} not found" if name.strip() else "matrix not found")
    return found


def _names(session: SessionState, text: str, rows: bool) -> list[str]:
    matrix = _matrix(session, text)
    return list(matrix.row_names if rows else matrix.column_names)


def _equation(name: str) -> str:
    return name.rpartition(":")[0] or "_"


def _joined(names: list[str], quoted: bool = False) -> str:
    return " ".join(f'"{name}"' if quoted else name for name in names)


def _register(kind: str, rows: bool) -> None:
    @macro_function(f"{kind}names")
    def short(session: SessionState, text: str) -> str:
        return _joined([name.rpartition(":")[2] for name in _names(session, text, rows)])

    @macro_function(f"{kind}fullnames")
    def full(session: SessionState, text: str) -> str:
        return _joined(_names(session, text, rows))

    @macro_function(f"{kind}varlist")
    def varlist(session: SessionState, text: str) -> str:
        found = [name.rpartition(":")[2] for name in _names(session, text, rows)]
        return _joined([name for name in dict.fromkeys(found) if name != "_cons"])

    @macro_function(f"{kind}eq")
    def equations(session: SessionState, text: str) -> str:
        name, _, option = (part.strip() for part in text.partition(","))
        if option not in ("", "quoted"):
            raise invalid()
        return _joined([_equation(full) for full in _names(session, name, rows)], bool(option))

    @macro_function(f"{kind}numb")
    def number(session: SessionState, text: str) -> str:
        matrix, _, wanted = text.strip().partition(" ")
        names = _names(session, matrix, rows)
        wanted = wanted.strip()
        places = [i for i, name in enumerate(names, 1) if wanted in (name, name.rpartition(":")[2])]
        return str(places[0]) if places else "."

    @macro_function(f"{kind}eqnumb")
    def equation_number(session: SessionState, text: str) -> str:
        matrix, _, wanted = text.strip().partition(" ")
        distinct = list(dict.fromkeys(_equation(name) for name in _names(session, matrix, rows)))
        wanted = wanted.strip().removesuffix(":")
        return str(distinct.index(wanted) + 1) if wanted in distinct else "."

    @macro_function(f"{kind}sof")
    def size(session: SessionState, text: str) -> str:
        return str(_matrix(session, text).values.shape[0 if rows else 1])


_register("row", True)
_register("col", False)
