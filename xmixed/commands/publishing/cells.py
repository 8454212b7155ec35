"""The figures of a coefficient that `cells()` asks for. Registers nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from xmixed.errors import StataError
from xmixed.estimation.publishing.design import ADAPTIVE, Element, check_number_format
from xmixed.expressions.varlist import is_valid_name
from xmixed.language.explain import outside
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command, parse_words
from xmixed.language.syntax import OptionSpec, Syntax

Option = Callable[..., Any]
DEFAULT_FORMATS = {"b": ADAPTIVE, "se": ADAPTIVE, "t": "%16.2f", "p": "%16.3f", "ci": ADAPTIVE}


def laid_out(cells: str, option: Option, plain: bool) -> tuple[tuple[Element, ...], int, tuple[str, ...]]:
    """Return the figures of cells() row by row, how many stand side by side, and headings of their columns.

    A row that is shorter than others leaves places free.
    """
    rows = _cell_rows(cells, plain)
    across = max(len(row) for row in rows)
    padded = [(*row, *[Element("", ADAPTIVE)] * (across - len(row))) for row in rows]
    elements = tuple(element for row in padded for element in row)
    columns = labels_or_none(option("collabels"), "collabels")
    if columns == ():
        return elements, across, ()
    names = [
        "/".join(element.label or element.name for element in column if element.name)
        for column in zip(*padded, strict=True)
    ]
    return elements, across, columns or tuple(names)


_LABEL_OPTIONS = (
    (OptionSpec("lhs", "lhs", "text"),),
    (OptionSpec("titles", "ti"), OptionSpec("depvars", "dep")),
)
"""Options of labels, and those of mlabels()."""


def labels_or_none(typed: str | None, name: str) -> tuple[str, ...] | None:
    """Return labels; () for `none`, None where nothing was typed."""
    if typed is None:
        return None
    if typed.strip() == "none":
        return ()
    asked = parsed(
        Syntax("words", options=(OptionSpec("none", "none"), *_LABEL_OPTIONS[name == "mlabels"])), typed
    )
    if not asked.argument:
        return () if asked.option("none") else None
    return tuple(asked.argument)


def _cell_rows(text: str, plain: bool) -> tuple[tuple[Element, ...], ...]:
    """Return the figures of `b(star) se(par)`, one in a row, and of `"b se" t`, two in the first."""
    rows: list[tuple[Element, ...]] = []
    for part, quoted in _parts(text):
        own = _cells(part, plain)
        rows += [own] if quoted else [(element,) for element in own]
    return tuple(rows)


def _parts(text: str) -> list[tuple[str, bool]]:
    """Return the parts of a text in quotes and outside of them; quotes within parentheses part nothing."""
    parts, own, depth, quoted = [], "", 0, False
    for mark in text:
        if mark == '"' and not depth:
            parts.append((own, quoted))
            own, quoted = "", not quoted
            continue
        depth += {"(": 1, ")": -1}.get(mark, 0)
        own += mark
    parts.append((own, quoted))
    return [(part, inside) for part, inside in parts if part.strip()]


def _cells(text: str, plain: bool) -> tuple[Element, ...]:
    """Return the figures that `b(star fmt(3)) mean(fmt(2) label(Mean))` asks for."""
    inner = Syntax(
        options=(
            OptionSpec("star", "star"),
            OptionSpec("par", "par", "text", optional_value=True),
            OptionSpec("fmt", "fmt", "text"),
            OptionSpec("label", "l", "text"),
            OptionSpec("nostar", "nostar"),
        )
    )
    cleaned = text.replace("&", " ")
    names = dict.fromkeys(_names_outside(cleaned))
    specs = tuple(OptionSpec(name, name, "text", optional_value=True) for name in names)
    asked = parsed(Syntax(options=specs), ", " + cleaned)
    found = []
    for name, typed in asked.options.items():
        own = parsed(inner, f", {typed.value or ''}")
        fmt = str(own.option("fmt")) if own.option("fmt") else DEFAULT_FORMATS.get(name, ADAPTIVE)
        brackets = _brackets(own.option("par"), name) if own.option("par") and not plain else ()
        element = Element(name, check_number_format(fmt, "fmt"), bool(own.option("star")), brackets)
        found.append(replace(element, label=str(own.option("label", ""))))
    if not found:
        raise StataError(198, "option cells() incorrectly specified")
    return tuple(found)


def _brackets(typed: str | bool, name: str) -> tuple[str, ...]:
    """Return what `par`, `par([ ])` or `par("[" ", " "]")` puts around a figure; r(198)."""
    if typed is True:
        return ("[", ",", "]") if name == "ci" else ("(", ")")
    words = tuple(parse_words(str(typed)))
    if len(words) not in (2, 3):
        raise StataError(198, "option par() incorrectly specified", hint="what stands before and after")
    return words


def _names_outside(text: str) -> list[str]:
    """Return the words that stand outside of parentheses."""
    names = "".join(" " if mark == "(" else mark for _, mark in outside(text, 0, len(text))).split()
    for name in names:
        if not is_valid_name(name):
            raise StataError(198, "option cells() incorrectly specified")
    return names


def parsed(syntax: Syntax, text: str) -> Command:
    found = parse_command("esttab", syntax, text, 0)
    assert isinstance(found, Command)
    return found
