"""for: a command, or several, for each element of lists; what foreach and forvalues were before."""

from __future__ import annotations

from itertools import pairwise

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, is_valid_name, resolve_varlist
from xmixed.formats import format_value
from xmixed.language.explain import outside
from xmixed.language.nodes import Command
from xmixed.language.parser import (
    parse_command,
    parse_numlist,
    parse_varlist,
    parse_words,
    text_after_words,
)
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_at_colon
from xmixed.session.state import SessionState

_NAMES = ("X", "Y", "Z", "A", "B", "C", "D", "E", "F")
"""What stands for the elements of the lists, one after the other, unless `name in` says so."""
_KINDS = (("varlist", 3), ("newlist", 3), ("numlist", 3), ("anylist", 3))
_OWN = Syntax(
    "text",
    options=(
        OptionSpec("noheader", "noh", help="do not show the commands"),
        OptionSpec("dryrun", "d", help="show the commands, do not run them"),
        OptionSpec("nostop", "nos", help="go on after a command that fails"),
        OptionSpec("pause", "p", built=False),
    ),
)


@command(
    "for",
    syntax=Syntax("raw"),
    synopsis="for [name in] {var|new|num|any} list [\\ ...] [, noheader dryrun nostop]: command [\\ ...]",
    kind="prefix",
    keeps_r=True,
)
def for_lists(session: SessionState, node: Command) -> None:
    """Put the elements of the lists into the commands, wherever their names stand, and run these."""
    text = str(node.argument)
    head, end = split_at_colon(text, 0)
    typed = parse_command("for", _OWN, text[head.start : head.end].strip(), 0)
    assert isinstance(typed, Command)
    lists = [
        _list(session, part.strip(), name)
        for part, name in zip(_at_backslashes(str(typed.argument or "")), _NAMES, strict=False)
    ]
    lengths = {len(items) for _, items in lists}
    if len(lengths) != 1:
        raise StataError(198, "lists are not of equal length")
    commands = [part.strip() for part in _at_backslashes(text[end:])]
    if not all(commands):
        raise StataError(198, "invalid syntax", hint="for var x y: command")
    for turn in range(lengths.pop()):
        for command_text in commands:
            line = command_text
            for name, items in lists:
                line = line.replace(name, items[turn])
            _run(session, typed, line)


def _run(session: SessionState, typed: Command, line: str) -> None:
    """Show a command and run it."""
    if not typed.option("noheader"):
        session.out.write("", f"->  {line}")
    if typed.option("dryrun"):
        return
    if typed.option("nostop"):
        session.execute(f"capture noisily {line}")
    else:
        session.execute(line)


def _at_backslashes(text: str) -> list[str]:
    """Return the parts of a text between backslashes outside of quotes and parentheses."""
    marks = [place for place, character in outside(text, 0, len(text)) if character == "\\"]
    return [text[start + 1 : stop] for start, stop in pairwise([-1, *marks, len(text)])]


def _list(session: SessionState, text: str, name: str) -> tuple[str, list[str]]:
    """Return the name that stands for the elements, and the elements.

    Raises
    ------
    StataError
        r(198) for what is no list; those of the list itself.
    """
    words = text.split()
    if len(words) > 1 and words[1] == "in":
        name, text, words = words[0], text_after_words(text, 2), words[2:]
    if len(words) < 2:
        raise StataError(198, "invalid syntax", hint="for var x y: command")
    kind = next((own for own, least in _KINDS if len(words[0]) >= least and own.startswith(words[0])), "")
    rest = text_after_words(text, 1)
    if kind == "varlist":
        return name, list(resolve_varlist(parse_varlist(rest), session.data))
    if kind == "newlist":
        return name, _new_names(session, words[1:])
    if kind == "numlist":
        return name, [format_value(value, "%18.0g").strip() for value in parse_numlist(rest)]
    if kind == "anylist":
        return name, list(parse_words(rest))
    raise StataError(198, f"{words[0]} is no kind of list", hint="var, new, num or any")


def _new_names(session: SessionState, words: list[str]) -> list[str]:
    """Return names of new variables, `x1-x3` written out; r(110), r(198)."""
    found: list[str] = []
    for word in words:
        first, dash, last = word.partition("-")
        stem = first.rstrip("0123456789")
        low, high = first[len(stem) :], last.removeprefix(stem)
        if dash and low and high.isdigit() and last.startswith(stem):
            found += [f"{stem}{number}" for number in range(int(low), int(high) + 1)]
        else:
            found.append(word)
    for name in found:
        if not is_valid_name(name):
            raise StataError(198, f"{name} invalid varname")
        check_new_name(name, session.data)
    return found
