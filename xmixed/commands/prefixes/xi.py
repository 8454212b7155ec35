"""xi: indicator variables and their products in the data, for commands that take variables only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xmixed.commands.registry import command
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.operations.indicators import (
    HALF_STUB,
    PRODUCT_STUB,
    Indicators,
    indicators_of,
    product_with,
    products_of,
)
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name
from xmixed.formats.width import abbreviate_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_at_colon
from xmixed.language.xi_terms import XiTerm, replace_xi_terms
from xmixed.output import line
from xmixed.render.text import result
from xmixed.session.state import SessionState

PREFIX, LONGEST_PREFIX = "_I", 4
DROP, PREFIX_KEPT = "__xi__Vars__To__Drop__", "__xi__Vars__Prefix__"
"""Characteristics of the data in which Stata keeps what it made, so that the next `xi` can drop it."""

TERM_WIDTH, NAME_WIDTH = 18, 20

OPTIONS = (
    OptionSpec("prefix", "prefix", "name", "what names of new variables begin with, in place of _I"),
    OptionSpec("noomit", "noomit", "flag", "keep the indicator of every category"),
)


@dataclass
class Expansion:
    """The variables that one `xi` makes, term after term."""

    data: Dataset
    prefix: str
    omits: bool
    made: dict[str, Variable] = field(default_factory=dict)
    known: dict[str, Indicators] = field(default_factory=dict)
    notes: list[tuple[str, str, str]] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)

    def expand(self, term: XiTerm) -> str:
        """Return the variables that stand for a term; each is named where it comes first."""
        source = resolve_name(term.first, self.data)
        if not term.operator:
            return self._listed(self._main(source))
        other = resolve_name(term.second, self.data)
        names = [] if term.operator == "|" else self._main(source)
        first = self._indicators(source)
        head = f"i.{abbreviate_name(source, 6)}{term.operator}"
        stub = f"{self.prefix}{source[:HALF_STUB]}X"
        if term.indicators:
            names += self._main(other)
            stub += f"{other[:HALF_STUB]}_"
            new = products_of(first, self._indicators(other), stub)
            self._add(new, f"{head}i.{abbreviate_name(other, 6)}", f"{stub}#_#")
        else:
            if self.data[other].is_string:
                raise StataError(109, "type mismatch")
            names.append(other)
            stub += f"{other[:PRODUCT_STUB]}_"
            new = product_with(first, self.data[other], stub)
            self._add(new, f"{head}{abbreviate_name(other, 6)}", f"{stub}#")
        return self._listed([*names, *(variable.name for variable in new)])

    def _main(self, source: str) -> list[str]:
        found = self._indicators(source)
        return [f"{found.stub}{number}" for _, number in found.kept()]

    def _indicators(self, source: str) -> Indicators:
        if source not in self.known:
            found = indicators_of(self.data, source, self.prefix, self._omit(source) if self.omits else None)
            self.known[source] = found
            names = f"{found.stub}{found.numbers[0]}-{found.numbers[-1]}"
            self._add(found.variables(), f"i.{abbreviate_name(source, 15)}", names, _omission(found))
        return self.known[source]

    def _omit(self, source: str) -> str:
        """Return what the characteristic `omit` of a variable, or of the data, says."""
        kept = self.data.characteristics
        everywhere = kept.get("_dta", {}).get("omit", "")
        return kept.get(source, {}).get("omit", everywhere if everywhere == "prevalent" else "")

    def _add(self, new: list[Variable], term: str, names: str, how: str = "(coded as above)") -> None:
        if any(variable.name in self.data for variable in new):
            taken = next(variable.name for variable in new if variable.name in self.data)
            raise StataError(110, f"{taken} already defined")
        if (term, names, how) in self.notes:
            return
        if any(variable.name in self.made for variable in new):
            taken = next(variable.name for variable in new if variable.name in self.made)
            raise StataError(110, f"{taken} already defined")
        self.made |= {variable.name: variable for variable in new}
        self.notes.append((term, names, how))

    def _listed(self, names: list[str]) -> str:
        new = [name for name in names if name not in self.typed]
        self.typed.update(new)
        return " ".join(new)


def _omission(found: Indicators) -> str:
    if found.omitted is None:
        return "(naturally coded; none omitted)" if found.natural else "(none omitted)"
    name = f"{found.stub}{found.numbers[found.omitted]}"
    if found.natural:
        return f"(naturally coded; {name} omitted)"
    return f"({name} for {found.label(found.omitted)} omitted)"


@command(
    "xi",
    syntax=Syntax("raw", options=OPTIONS),
    synopsis="xi [, prefix(name) noomit] terms  or  xi [, prefix(name) noomit]: command with terms",
    kind="prefix",
    needs=("data",),
    keeps_r=True,
)
def xi(session: SessionState, node: Command) -> None:
    text = str(node.argument)
    try:
        head, end = split_at_colon(text, 0)
        options, rest = text[: head.end], text[end:].lstrip()
    except StataError as error:
        if error.code != 100:
            raise
        rest, comma, options = text.partition(",")
        options, rest, end = comma + options, rest.strip(), 0
    asked: Any = parse_command("xi", Syntax("none", options=OPTIONS), options, 0)
    prefix = asked.option("prefix", PREFIX)
    if len(prefix) > LONGEST_PREFIX:
        raise StataError(198, "option prefix() incorrectly specified")
    before = without_made(session.data, prefix)
    expansion = Expansion(before, prefix, "noomit" not in asked.options)
    expanded = replace_xi_terms(rest, expansion.expand)
    if not end and not expansion.notes:
        raise StataError(198, "invalid syntax")
    session.data = with_made(before, expansion)
    for term, names, how in expansion.notes:
        session.out.write(line(term.ljust(TERM_WIDTH), result(names.ljust(NAME_WIDTH)), how))
    if end:
        session.execute(expanded, node.body)


def without_made(data: Dataset, prefix: str) -> Dataset:
    """Return the data without the variables that an earlier `xi` made with this prefix."""
    kept = data.characteristics.get("_dta", {})
    prefixes, names = kept.get(PREFIX_KEPT, "").split(), kept.get(DROP, "").split()
    gone = [name for name, made in zip(names, prefixes, strict=False) if made == prefix and name in data]
    return data.without(gone) if gone else data


def with_made(data: Dataset, expansion: Expansion) -> Dataset:
    """Return the data with the new variables, and their names where the next `xi` finds them."""
    texts = dict(data.characteristics.get("_dta", {}))
    old = zip(texts.get(DROP, "").split(), texts.get(PREFIX_KEPT, "").split(), strict=False)
    pairs = [pair for pair in old if pair[0] in data] + [(name, expansion.prefix) for name in expansion.made]
    for name in (DROP, PREFIX_KEPT):
        texts.pop(name, None)
    if pairs:
        texts |= {DROP: " ".join(name for name, _ in pairs), PREFIX_KEPT: " ".join(made for _, made in pairs)}
    return data.with_variables(*expansion.made.values()).with_characteristics("_dta", texts)
