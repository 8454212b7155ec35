"""label, format."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from xmixed.commands.registry import command, subcommand
from xmixed.commands.varlists import names_in
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.value_labels import LONG_MISSING, known_labels
from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name, resolve_name
from xmixed.formats import is_string_format, is_valid_format, widened
from xmixed.formats.reading import whole_number
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import line
from xmixed.render.text import printable, result, rule
from xmixed.session.state import SessionState

LABEL_LENGTH = 80
"""Characters of a data or variable label."""

NOFIX = OptionSpec("nofix", "nofix", help="do not widen display formats to the longest text")

Words = Sequence[str]


@command(
    "label",
    syntax=Syntax("text"),
    synopsis='label {data ["text"] | variable varname ["text"] | values varlist [lblname] '
    "| list [lblname ...] | dir | drop {lblname ... | _all}"
    ' | define lblname # "text" [...] [, add modify replace nofix]}',
    keeps_r=True,
)
def label(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


@subcommand(
    "label",
    "define",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("add", "a", help="add values"),
            OptionSpec("modify", "modify", help="add, change and delete values"),
            OptionSpec("replace", "replace", help="replace the whole label"),
            NOFIX,
        ),
    ),
    synopsis='label define lblname # "text" [# "text" ...] [, add modify replace nofix]',
    keeps_r=True,
)
def define(session: SessionState, node: Command) -> None:
    words = node.argument
    name, pairs = _label_name(words), words[1:]
    options = [option for option in ("add", "modify", "replace") if node.option(option)]
    if len(options) > 1 and options != ["add", "modify"]:
        raise StataError(198, "only one of add, modify, and replace may be specified")
    if not pairs and not options:
        raise StataError(198, "invalid syntax")
    known = session.data.value_labels.get(name)
    if known is not None and not options:
        raise StataError(110, f"label {name} already defined")
    new = _pairs(pairs)
    texts = {} if known is None or options == ["replace"] else dict(known)
    if options == ["add"] and any(value in texts for value in new):
        raise StataError(180, "invalid attempt to modify label")
    texts.update(new)
    new_table = {value: text for value, text in sorted(texts.items()) if text}
    data = session.data.with_(value_labels={**session.data.value_labels, name: new_table})
    if not node.option("nofix"):
        data = _with_wider_formats(data, [variable for variable in data if variable.value_label == name])
    session.data = data


def _label_name(words: Words) -> str:
    if not words:
        raise StataError(100, "label name required")
    if not is_valid_name(words[0]):
        raise StataError(198, f"{words[0]} invalid name")
    return words[0]


def _pairs(words: Words) -> dict[int, str]:
    """Return the texts of `# "text" ...` by long code; an empty text takes a label away."""
    if len(words) % 2:
        raise StataError(198, "invalid syntax")
    return {_value(words[i]): words[i + 1] for i in range(0, len(words), 2)}


def _value(word: str) -> int:
    if len(word) == 2 and word[0] == "." and word[1].isalpha() and word[1].islower():
        return LONG_MISSING + ord(word[1]) - ord("a") + 1
    value = whole_number(word)
    if value is None or not -LONG_MISSING < value < LONG_MISSING:
        raise StataError(198, f"may not label {word}")
    return value


@subcommand(
    "label",
    "values",
    syntax=Syntax("words", options=(NOFIX,)),
    synopsis="label values varlist [lblname | .] [, nofix]",
    keeps_r=True,
)
def values(session: SessionState, node: Command) -> None:
    """`label values varlist [lblname | .]`: without a name the label is taken away."""
    data, words = session.data, node.argument
    names, label = (words[:-1], words[-1]) if len(words) > 1 else (words, "")
    chosen = [data[name] for name in names_in(" ".join(names), data)]
    label = "" if label == "." else label
    if label and not is_valid_name(label):
        raise StataError(198, f"{label} invalid name")
    if any(variable.is_string for variable in chosen):
        raise StataError(181, "may not label strings")
    chosen = [replace(variable, value_label=label) for variable in chosen]
    data = data.with_variables(*chosen)
    session.data = data if node.option("nofix") else _with_wider_formats(data, chosen)


def _with_wider_formats(data: Dataset, variables: Sequence[Variable]) -> Dataset:
    """Return display formats as wide as the longest text of the value label, unless they show dates."""
    wider: list[Variable] = []
    for variable in variables:
        width = max(map(len, data.value_labels.get(variable.value_label, {}).values()), default=0)
        wider.append(replace(variable, format=widened(variable.format, width)))
    return data.with_variables(*wider)


@subcommand(
    "label",
    "variable",
    syntax=Syntax("words"),
    synopsis='label variable varname ["text"]',
    keeps_r=True,
)
def variable(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "varlist required")
    if len(node.argument) > 2:
        raise StataError(198, "invalid syntax")
    if node.argument[0][:1].isdigit():
        raise StataError(198, f"{node.argument[0]} invalid name")
    variable = session.data[resolve_name(node.argument[0], session.data)]
    text = node.argument[1] if len(node.argument) == 2 else ""
    session.data = session.data.with_variables(replace(variable, label=_cut(session, text)))


@subcommand(
    "label",
    "data",
    syntax=Syntax("words"),
    synopsis='label data ["text"]',
    keeps_r=True,
)
def data_label(session: SessionState, node: Command) -> None:
    if len(node.argument) > 1:
        raise StataError(198, "invalid syntax")
    session.data = session.data.with_(label=_cut(session, node.argument[0] if node.argument else ""))


def _cut(session: SessionState, text: str) -> str:
    if len(text) > LABEL_LENGTH:
        session.out.write(f"note: label truncated to {LABEL_LENGTH} characters")
    return text[:LABEL_LENGTH]


@subcommand(
    "label",
    "list",
    syntax=Syntax("words"),
    synopsis="label list [lblname ...]",
    keeps_r=True,
)
def list_labels(session: SessionState, node: Command) -> None:
    for name in known_labels(session.data, node.argument):
        session.out.write(f"{name}:")
        for value, text in session.data.value_labels[name].items():
            session.out.write(line(result(f"{_shown(value):>12} "), printable(text)))


def _shown(value: int) -> str:
    if value < LONG_MISSING:
        return str(value)
    return "." if value == LONG_MISSING else "." + chr(ord("a") + value - LONG_MISSING - 1)


@subcommand(
    "label",
    "dir",
    syntax=Syntax(),
    synopsis="label dir",
    keeps_r=True,
)
def directory(session: SessionState, node: Command) -> None:
    session.out.write(*sorted(session.data.value_labels))


@subcommand(
    "label",
    "drop",
    syntax=Syntax("words"),
    synopsis="label drop {lblname ... | _all}",
    keeps_r=True,
)
def drop(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(100, "label name required")
    gone = known_labels(session.data, node.argument)
    kept = {name: texts for name, texts in session.data.value_labels.items() if name not in gone}
    if gone:
        session.data = session.data.with_(value_labels=kept)


@subcommand(
    "label",
    "copy",
    syntax=Syntax("words", options=(OptionSpec("replace", "replace", help="though the name is taken"),)),
    synopsis="label copy lblname lblname [, replace]",
    keeps_r=True,
)
def copy(session: SessionState, node: Command) -> None:
    if len(node.argument) != 2:
        raise StataError(198, "invalid syntax")
    old, new = node.argument
    tables = session.data.value_labels
    if old not in tables:
        raise StataError(111, f"value label {old} not found")
    if not is_valid_name(new):
        raise StataError(198, f"{new} invalid name")
    if new in tables and not node.option("replace"):
        raise StataError(110, f"label {new} already defined")
    session.data = session.data.with_(value_labels={**tables, new: tables[old]})


@subcommand(
    "label",
    "save",
    syntax=Syntax(
        "words", using=True, options=(OptionSpec("replace", "replace", help="overwrite the file"),)
    ),
    synopsis="label save [lblname ...] using filename [, replace]",
    keeps_r=True,
)
def save(session: SessionState, node: Command) -> None:
    if node.using is None:
        raise StataError(100, "using required")
    names = known_labels(session.data, node.argument)
    path = Path(node.using if Path(node.using).suffix else f"{node.using}.do").expanduser()
    if path.exists() and not node.option("replace"):
        raise StataError(602, f"file {path} already exists")
    lines = [
        f'label define {name} {_shown(value)} `"{text}"\', modify'
        for name in names
        for value, text in session.data.value_labels[name].items()
    ]
    try:
        path.write_text("".join(f"{text}\n" for text in lines), encoding="utf-8")
    except OSError:
        raise StataError(603, f"file {path} could not be opened") from None
    session.out.write(f"file {printable(str(path))} saved")


@command(
    "format",
    syntax=Syntax("words"),
    synopsis="format varlist %fmt  or  format %fmt varlist  or  format [varlist]",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def format_command(session: SessionState, node: Command) -> None:
    words = list(node.argument)
    data = session.data
    fmt = next((word for word in (words[-1:] + words[:1]) if word.startswith("%")), "")
    if fmt:
        words.remove(fmt)
    chosen = [data[name] for name in names_in(" ".join(words), data)] if words or fmt else list(data)
    if not fmt:
        _show_formats(session, chosen)
        return
    if not is_valid_format(fmt):
        raise StataError(120, "invalid %format")
    if any(variable.is_string != is_string_format(fmt) for variable in chosen):
        raise StataError(109, "type mismatch")
    session.data = data.with_variables(*(replace(variable, format=fmt) for variable in chosen))


def _show_formats(session: SessionState, chosen: list[Variable]) -> None:
    head = "variable name"
    width = max(len(head), *(len(variable.name) for variable in chosen))
    session.out.write("", head.ljust(width) + "  display format", rule(width + 16))
    for variable in chosen:
        session.out.write(line(variable.name.ljust(width) + "  ", result(variable.format)))
