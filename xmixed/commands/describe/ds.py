"""ds: names of variables that have, or have not, something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import matches_pattern, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.describe.describe import NAMES, NameColumns, render_names
from xmixed.session.results import Results
from xmixed.session.state import SessionState

Test = Callable[[Dataset, Variable, str], bool]
"""Whether a variable fits one pattern of a property."""


def _has_type(_: Dataset, variable: Variable, pattern: str) -> bool:
    if pattern == "numeric":
        return not variable.is_string
    if pattern == "string":
        return variable.is_string
    return matches_pattern(variable.type, pattern)


def _label_of(_: Dataset, variable: Variable, pattern: str) -> bool:
    return bool(variable.label) and matches_pattern(variable.label, pattern)


def _value_label_of(_: Dataset, variable: Variable, pattern: str) -> bool:
    return bool(variable.value_label) and matches_pattern(variable.value_label, pattern)


def _has_characteristic(data: Dataset, variable: Variable, pattern: str) -> bool:
    return any(matches_pattern(name, pattern) for name in data.characteristics.get(variable.name, {}))


PROPERTIES: dict[str, tuple[int, bool, Test]] = {
    "type": (1, True, _has_type),
    "format": (1, True, lambda data, variable, pattern: matches_pattern(variable.format, pattern)),
    "varlabel": (4, False, _label_of),
    "char": (1, False, _has_characteristic),
    "vallabel": (4, False, _value_label_of),
}
"""By name: shortest abbreviation, whether patterns must follow, and the test."""


def _property(text: str, option: str) -> Callable[[Dataset, Variable], bool]:
    """Return the test that stands in has() or not()."""
    word, *patterns = parse_words(text) or ("",)
    for name, (shortest, needs_patterns, test) in PROPERTIES.items():
        if name.startswith(word) and len(word) >= shortest and (patterns or not needs_patterns):
            wanted = patterns or ["*"]
            return lambda data, variable: any(test(data, variable, pattern) for pattern in wanted)
    raise StataError(198, f"option {option}() incorrectly specified")


@command(
    "ds",
    syntax=Syntax(
        "varlist",
        options=(
            OptionSpec("has", "h", "text", "with a property: type, format, varlabel, char or vallabel"),
            OptionSpec("not", "n", "text", "without it; alone: variables not named", optional_value=True),
            OptionSpec("insensitive", "insens", help="labels whatever the case of their letters"),
            OptionSpec("alpha", "a", help="in alphabetic order"),
            OptionSpec("detail", "d", help="describe them"),
            OptionSpec("varwidth", "v", "integer", "characters of a name", minimum_value=5, maximum_value=32),
            OptionSpec("skip", "s", "integer", "blanks between names", minimum_value=1, maximum_value=10),
            OptionSpec("indent", "indent", "integer", "blanks before", minimum_value=0, maximum_value=40),
        ),
        exclusive=(("has", "not"),),
    ),
    synopsis="ds [varlist] [, has(property [patterns]) not[(property [patterns])] alpha detail ...]",
    needs=("data",),
    by_reference=True,
)
def ds(session: SessionState, node: Command) -> None:
    data = session.data
    names = resolve_varlist(node.argument, data) if node.argument else data.names
    names = _chosen(node, data, names)
    if node.option("alpha"):
        names = sorted(names)
    if node.option("detail"):
        if names:
            session.execute("describe " + " ".join(names))
    else:
        style = NameColumns(
            int(node.option("varwidth", NAMES.width)),
            int(node.option("skip", NAMES.gap)),
            int(node.option("indent", NAMES.indent)),
        )
        session.out.write(*render_names(names, session.settings.linesize, data.names, style))
    session.r = Results(macros={"varlist": " ".join(names)})


def _chosen(node: Command, data: Dataset, names: list[str]) -> list[str]:
    has, without = node.option("has"), node.option("not")
    if without is True:
        named = frozenset(names)
        return [name for name in data.names if name not in named]
    typed = has or without
    if typed is None:
        return names
    if node.option("insensitive"):
        typed, data = typed.lower(), data.with_variables(*map(_lowered, data))
    fits = _property(typed, "has" if has else "not")
    return [name for name in names if fits(data, data[name]) == bool(has)]


def _lowered(variable: Variable) -> Variable:
    return replace(variable, label=variable.label.lower(), value_label=variable.value_label.lower())
