"""The figures of a coefficient that `cells()` asks for. Registers nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from xmixed.errors import StataError
from xmixed.estimation.publishing.design import ADAPTIVE, Element, check_number_format
from xmixed.expressions.varlist import is_valid_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.syntax import OptionSpec, Syntax

Option = Callable[..., Any]
DEFAULT_FORMATS = {"b": ADAPTIVE, "se": ADAPTIVE, "t": "%16.2f", "p": "%16.3f", "ci": ADAPTIVE}


def laid_out(cells: str, option: Option, plain: bool) -> tuple[tuple[Element, ...], bool, tuple[str, ...]]:
    """Return the figures of cells(), whether they stand side by side, and their headings.

    Raises
    ------
    StataError
        r(198) for rows that are not all alike.
    """
    rows = _cell_rows(cells, plain)
    if len({len(row) for row in rows}) > 1:
        raise StataError(198, "option cells(): rows of different lengths are not implemented in xmixed yet")
    if len(rows) > 1 and len(rows[0]) > 1:
        raise StataError(198, "option cells(): several rows of several figures not implemented in xmixed yet")
    elements = tuple(element for row in rows for element in row)
    wide = len(elements) > 1 and len(rows) == 1
    columns = labels_or_none(option("collabels"), "collabels")
    if columns == ():
        return elements, wide, ()
    names = [element.label or element.name for element in elements]
    return elements, wide, columns or (tuple(names) if wide else ("/".join(names),))


def labels_or_none(typed: str | None, name: str) -> tuple[str, ...] | None:
    """Return labels; () for `none`, None where nothing was typed."""
    if typed is None:
        return None
    if typed.strip() == "none":
        return ()
    asked = parsed(
        Syntax("words", options=(OptionSpec("none", "none"), OptionSpec("lhs", "lhs", "text"))), typed
    )
    if not asked.argument:
        return () if asked.option("none") else None
    return tuple(asked.argument)


def _cell_rows(text: str, plain: bool) -> tuple[tuple[Element, ...], ...]:
    """Return the figures of `b(star) se(par)`, one in a row, and of `"b se" t`, two in the first."""
    rows: list[tuple[Element, ...]] = []
    for place, part in enumerate(text.split('"')):
        if part.strip():
            own = _cells(part, plain)
            rows += [own] if place % 2 else [(element,) for element in own]
    return tuple(rows)


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
        par = bool(own.option("par")) and not plain
        brackets = ("[]" if name == "ci" else "()") if par else ""
        element = Element(name, check_number_format(fmt, "fmt"), bool(own.option("star")), brackets)
        found.append(replace(element, label=str(own.option("label", ""))))
    if not found:
        raise StataError(198, "option cells() incorrectly specified")
    return tuple(found)


def _names_outside(text: str) -> list[str]:
    """Return the words that stand outside of parentheses."""
    depth, outside = 0, ""
    for mark in text:
        depth += {"(": 1, ")": -1}.get(mark, 0)
        outside += " " if depth or mark in "()" else mark
    names = outside.split()
    for name in names:
        if not is_valid_name(name):
            raise StataError(198, "option cells() incorrectly specified")
    return names


def parsed(syntax: Syntax, text: str) -> Command:
    found = parse_command("esttab", syntax, text, 0)
    assert isinstance(found, Command)
    return found
