"""Macro functions of the data: variables, labels, characteristics."""

from __future__ import annotations

import re

from xmixed.data.dataset import Variable
from xmixed.errors import StataError
from xmixed.expressions.macros.registry import invalid, macro_function
from xmixed.expressions.varlist import abbreviation_of
from xmixed.language.parser import parse_varlist
from xmixed.missing import INTEGER_MISSING, NAMES
from xmixed.session.state import SessionState


def _variable(session: SessionState, name: str) -> Variable:
    name = name.strip()
    if not name or len(name.split()) > 1:
        raise invalid()
    found = abbreviation_of(name, session.data)
    if found is None:
        raise StataError(111, f"variable {name} not found")
    return session.data[found]


@macro_function("type")
def type_(session: SessionState, text: str) -> str:
    return _variable(session, text).type


@macro_function("format")
def format_(session: SessionState, text: str) -> str:
    return _variable(session, text).format


def _after_label(text: str) -> str:
    word, _, rest = text.strip().partition(" ")
    if len(word) < 3 or not "label".startswith(word):
        raise invalid()
    return rest


@macro_function("variable")
def variable_label(session: SessionState, text: str) -> str:
    return _variable(session, _after_label(text)).label


@macro_function("value")
def value_label(session: SessionState, text: str) -> str:
    return _variable(session, _after_label(text)).value_label


@macro_function("data")
def data_label(session: SessionState, text: str) -> str:
    if _after_label(text):
        raise invalid()
    return session.data.label


@macro_function("sortedby")
def sorted_by(session: SessionState, text: str) -> str:
    return " ".join(session.data.sorted_by)


@macro_function("label")
def label(session: SessionState, text: str) -> str:
    """What a value label says of a number: the label by its own name, or of a variable in parentheses.

    `maxlength` in place of the number gives the length of the longest text. A number without a text is
    itself, with `strict` nothing; a second number cuts the text.
    """
    words, _, option = (part.strip() for part in text.partition(","))
    if words.startswith("("):
        inside, _, rest = words[1:].partition(")")
        name = _variable(session, inside).value_label
    else:
        name, _, rest = words.partition(" ")
        if not name.isidentifier():
            raise invalid()
    asked = rest.split()
    if not 1 <= len(asked) <= 2 or option not in ("", "strict"):
        raise invalid()
    table = session.data.value_labels.get(name, {})
    what = asked[0]
    if what == "maxlength":
        return str(max(map(len, table.values()), default=0))
    code = _code(what)
    found = table.get(code, "" if option else what) if code is not None else ("" if option else what)
    if len(asked) == 2:
        if not asked[1].isdigit():
            raise invalid()
        return found[: int(asked[1])]
    return found


def _code(text: str) -> int | None:
    """Return the code of a number in a value label; None for one that is not whole."""
    if text in NAMES:
        return INTEGER_MISSING["long"] + NAMES.index(text)
    try:
        value = float(text)
    except ValueError:
        raise invalid() from None
    return int(value) if value == value // 1 else None


@macro_function("char")
def char(session: SessionState, text: str) -> str:
    """`char x[name]` or the names in `char x[]`; `_dta[]` are those of the data."""
    name, bracket, inside = text.strip().removesuffix("]").partition("[")
    if not bracket:
        raise invalid()
    owner = name.strip() if name.strip() == "_dta" else _variable(session, name).name
    table = session.data.characteristics.get(owner, {})
    key = inside.strip()
    return table.get(key, "") if key else " ".join(table)


@macro_function("permname")
def permname(session: SessionState, text: str) -> str:
    """A name near the one given that no variable has."""
    name, _, option = (part.strip() for part in text.partition(","))
    length = 32
    if option:
        inside = option.removeprefix("length(").removesuffix(")")
        if option == inside or not inside.isdigit():
            raise invalid()
        length = int(inside)
    base = "".join(c if c.isalnum() or c == "_" else "_" for c in name)[:length] or "_"
    base = base if not base[0].isdigit() else f"_{base}"[:length]
    found, number = base, 1
    while found in session.data:
        found = f"{base[: max(length - len(str(number)), 1)]}{number}"
        number += 1
    return found


@macro_function("tsnorm")
def tsnorm(session: SessionState, text: str) -> str:
    """A time-series operator in its normal form: `l1d.x` is `LD.x`."""
    name = text.partition(",")[0].strip()
    (item,) = parse_varlist(name, factor=True) or (None,)
    operator, written = getattr(item, "operator", ""), getattr(item, "text", "")
    if not written:
        raise invalid()
    operator = re.sub(r"([LFDS])1(?![0-9])", r"\1", operator)
    return f"{operator}.{written}" if operator else written
