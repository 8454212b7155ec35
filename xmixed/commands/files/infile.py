"""infile, infix: text files without names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmixed.commands.files.memory import install, selected_part
from xmixed.commands.registry import command
from xmixed.commands.replacing import CLEAR, check_may_replace
from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.expressions.typed.parts import new_names
from xmixed.expressions.varlist import is_valid_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import printable
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.data.files.imported import Imported
    from xmixed.data.files.raw.layout import Dictionary, Item

COPIES = 6.0

USING = OptionSpec("using", "using", "text", "file of the data, where a dictionary is read")


def _text(name: str) -> str:
    from xmixed.data.files.content import read_content
    from xmixed.data.files.delimited.encoding import plain_text

    return plain_text(read_content(name, COPIES).raw).content.decode("utf-8")


@command(
    "infile",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        using=True,
        options=(
            OptionSpec("automatic", "automatic", help="value labels are made of texts"),
            OptionSpec(
                "byvariable", "by", "integer", "the values of # observations by variable", minimum_value=1
            ),
            USING,
            CLEAR,
        ),
    ),
    synopsis="infile varlist[:lblname] [_skip[(#)] [varlist ...]] using filename [if] [in]"
    " [, automatic byvariable(#) clear]"
    "  or  infile using dictionary [if] [in] [, automatic using(filename) clear]",
    keeps_r=True,
)
def infile(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.raw.layout import parse_dictionary
    from xmixed.data.files.raw.values import TextLabels, check_types, read_free, read_records

    name = _using(node)
    check_may_replace(session, node)
    typed = node.argument.strip()
    known = {} if session.data.variables else session.data.value_labels
    labels = TextLabels(dict(known), bool(node.option("automatic")))
    if typed:
        if node.option("using"):
            raise StataError(198, "option using() not allowed")
        items = _free_items(typed, session.settings.type)
        check_types([item.type for item in items if item is not None])
        text = _text(with_extension(name, ".raw"))
        _finish(session, node, read_free(text, items, node.option("byvariable"), labels))
        return
    if "byvariable" in node.options:
        raise StataError(198, "option byvariable() not allowed", node.options["byvariable"].span)
    dictionary, text = _dictionary(node, with_extension(name, ".dct"), ".raw")
    layout = parse_dictionary(dictionary.body, session.settings.type)
    session.out.write(*map(printable, dictionary.head.split("\n")), "")
    _finish(session, node, read_records(text, layout, labels))


@command(
    "infix",
    syntax=Syntax("text", condition=True, in_range=True, using=True, options=(USING, CLEAR)),
    synopsis="infix [type] varname #[-#] [...] using filename [if] [in] [, clear]"
    "  or  infix using dictionary [if] [in] [, using(filename) clear]",
    keeps_r=True,
)
def infix(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.raw.layout import parse_columns
    from xmixed.data.files.raw.values import read_records

    name = _using(node)
    check_may_replace(session, node)
    typed = node.argument.strip()
    if typed:
        layout = parse_columns(typed, session.settings.type)
        text = _text(with_extension(name, ".raw"))
    else:
        dictionary, text = _dictionary(node, with_extension(name, ".dct"), ".raw")
        layout = parse_columns(dictionary.body, session.settings.type)
        session.out.write(*map(printable, dictionary.head.split("\n")), "")
    _finish(session, node, read_records(text, layout))


def _using(node: Command) -> str:
    if not node.using:
        raise StataError(100, "using required")
    return node.using


def _free_items(typed: str, default: str) -> list[Item | None]:
    """Return the variables that are read, None for values left out."""
    from xmixed.data.files.raw.layout import Item

    items: list[Item | None] = []
    pending: list[str] = []
    labels: dict[str, str] = {}

    def take() -> None:
        found = new_names(" ".join(pending), Dataset(), default)
        for name, kind in zip(found.names, found.types, strict=True):
            if any(item is not None and item.name == name for item in items):
                raise StataError(110, f"{name} already defined")
            items.append(Item(name, kind, value_label=labels.get(name, "")))
        pending.clear()

    for word in typed.replace(" :", ":").replace(": ", ":").split():
        if not word.startswith("_skip"):
            name, colon, label = word.partition(":")
            if colon and not is_valid_name(label):
                raise StataError(198, f"{label} invalid name")
            labels |= {name: label} if colon else {}
            pending.append(name)
            continue
        take()
        inside = word.removeprefix("_skip").removeprefix("(").removesuffix(")")
        if inside and not inside.isdecimal():
            raise StataError(198, "invalid syntax")
        items += [None] * int(inside or 1)
    take()
    return items


def _dictionary(node: Command, name: str, extension: str) -> tuple[Dictionary, str]:
    """Return a dictionary and the text of the data: the file that it or using() names, or what follows it."""
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.raw.layout import split_dictionary

    found = split_dictionary(_text(name))
    if found is None:
        raise StataError(198, "invalid dictionary", hint=f"{name} does not begin with dictionary {{")
    data = node.option("using") or found.using
    return found, _text(with_extension(data, extension)) if data else found.data


def _finish(session: SessionState, node: Command, imported: Imported) -> None:
    from dataclasses import replace

    data = selected_part(session, node, imported.dataset)
    install(session, replace(imported, dataset=replace(data, changed=True)), counted=False)
    count = data.n_obs
    session.out.write(f"({count} {'observation' if count == 1 else 'observations'} read)")
