"""`help`, `about`: what the program knows of itself, straight from the command table."""

from __future__ import annotations

import textwrap

from xmixed.commands.registry import CommandEntry, built, command, find_entry, subcommands_of
from xmixed.commands.table import COMMANDS, SUBCOMMANDS, Listed
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output import Line, line
from xmixed.session.state import SessionState

_ARGUMENTS = {
    "integer": "#",
    "number": "#",
    "name": "name",
    "varname": "varname",
    "varlist": "varlist",
    "expression": "exp",
    "numlist": "numlist",
    "format": "%fmt",
    "text": "string",
    "words": "words",
    "residuals": "rspec",
    "vce": "vcetype",
}


@command(
    "help",
    syntax=Syntax("text"),
    synopsis="help [command [subcommand]]",
    keeps_r=True,
)
def help_(session: SessionState, node: Command) -> None:
    word = (node.argument or "").strip()
    if word:
        session.out.write(*help_lines(find_entry(word)[0], session.settings.linesize))
    else:
        session.out.write(*_overview(session.settings.linesize))


@command(
    "about",
    syntax=Syntax("none"),
    synopsis="about",
    keeps_r=True,
)
def about(session: SessionState, node: Command) -> None:
    from xmixed.version import __version__

    session.out.write(
        "",
        f"xmixed {__version__}",
        "An open-source interpreter for Stata's command language; output as in Stata 12.",
        "Licence: Apache-2.0. Not affiliated with StataCorp.",
    )


def help_lines(entry: CommandEntry, linesize: int) -> list[Line]:
    """Return the help of a command: title, syntax, options."""
    title = f"{entry.name} -- {entry.summary}"
    lines = [line(), *_paragraph(title, linesize, 0, 4), line(), line("Syntax")]
    lines.append(line())
    for form in entry.synopsis.split("\n"):
        lines += _paragraph(_marked(form, entry.name, entry.minimum), linesize, 4, 8)
    syntax = entry.syntax
    for heading, options in (
        ("Fixed-effects equation options", syntax.fixed_options),
        ("Random-effects equation options", syntax.random_options),
        ("Options", syntax.options),
    ):
        if options:
            lines += [line(), line(heading), line()]
            for option in options:
                lines += _option_lines(option, linesize)
    words = subcommands_of(entry.name)
    if words:
        lines += [line(), line("Subcommands"), line()]
        for word in words:
            lines += _listed_lines(word, SUBCOMMANDS[f"{entry.name} {word}"], linesize)
        lines += [line(), line(f"help {entry.name} subcommand shows the syntax and the options of one.")]
    if entry.minimum != entry.name.rpartition(" ")[2]:
        lines += [line(), line(f"Shortest abbreviation: {entry.minimum}")]
    if any((syntax.options, syntax.fixed_options, syntax.random_options)):
        lines.append(line("Letters in brackets may be left out."))
    return lines


def option_form(option: OptionSpec) -> str:
    """Return an option as help shows it, what may be left out in brackets: `cov[ariance](vartype)`."""
    prefix = "[no]" if option.kind == "negatable" else ""
    if option.kind == "negatable" and option.minimum.startswith("no"):
        prefix = ""
    name = _abbreviation(option.name, option.minimum)
    if option.kind in ("flag", "negatable"):
        return prefix + name
    if option.kind == "choice":
        return f"{name}({'|'.join(_abbreviation(*choice) for choice in option.choices)})"
    return f"{name}({_ARGUMENTS.get(option.kind, '...')})"


def _abbreviation(name: str, minimum: str) -> str:
    if minimum == name or not name.startswith(minimum):
        return name
    return f"{minimum}[{name[len(minimum) :]}]"


def _marked(synopsis: str, name: str, minimum: str) -> str:
    """Mark the abbreviation of the command in its syntax line, that of a subcommand in its own word."""
    before, blank, word = name.rpartition(" ")
    if before and synopsis.startswith(name):
        return before + blank + _abbreviation(word, minimum) + synopsis[len(name) :]
    if synopsis == name or synopsis.startswith(name + " "):
        return _abbreviation(name, minimum) + synopsis[len(name) :]
    return synopsis


def _option_lines(option: OptionSpec, linesize: int) -> list[Line]:
    text = option.help or ""
    if not option.built:
        text = f"{text} (not implemented yet)".strip()
    form = option_form(option)
    indent = 32
    first = f"    {form}"
    if len(first) > indent - 2 or not text:
        lines = [*_paragraph(form, linesize, 4, 8)]
        return lines + (_paragraph(text, linesize, indent, indent) if text else [])
    body = _paragraph(text, linesize, indent, indent)
    return [line(first.ljust(indent) + body[0].text[indent:]), *body[1:]]


def _listed_lines(name: str, listed: Listed, linesize: int) -> list[Line]:
    body = _paragraph(listed.summary, linesize, 26, 26)
    return [line(f"    {_abbreviation(name, listed.minimum)}".ljust(26) + body[0].text[26:]), *body[1:]]


def _overview(linesize: int) -> list[Line]:
    lines = [line(), line("Commands"), line()]
    for name, listed in built(COMMANDS).items():
        lines += _listed_lines(name, listed, linesize)
    return [*lines, line(), line("help command shows the syntax and the options of a command.")]


def _paragraph(text: str, linesize: int, first: int, rest: int) -> list[Line]:
    wrapped = textwrap.wrap(
        text,
        max(linesize, rest + 20),
        initial_indent=" " * first,
        subsequent_indent=" " * rest,
        break_on_hyphens=False,
    )
    return [line(part) for part in wrapped] or [line(" " * first)]
