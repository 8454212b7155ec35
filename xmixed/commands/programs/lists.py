"""`numlist`, `unab`, `levelsof`: lists written out for programs."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.errors import StataError
from xmixed.expressions.typed.options import numlist_text
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.formats import format_value
from xmixed.formats.plain import number_text
from xmixed.language.nodes import Command
from xmixed.language.options import unquote
from xmixed.language.parser import parse_varlist
from xmixed.language.programs.program_syntax import Settings
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.text import wrap
from xmixed.session.results import Results
from xmixed.session.state import SessionState

SWITCHES = ("ascending", "descending", "integer", "missingokay", "sort")


@command(
    "numlist",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("ascending", "a", help="must go up"),
            OptionSpec("descending", "d", help="must go down"),
            OptionSpec("integer", "i", help="whole numbers only"),
            OptionSpec("missingokay", "miss", help="missing values may stand in it"),
            OptionSpec("min", "min", "integer", "least number of elements"),
            OptionSpec("max", "max", "integer", "most elements"),
            OptionSpec("range", "r", "text", "bounds of the elements, as >=0 <10"),
            OptionSpec("sort", "s", help="put them into order"),
        ),
    ),
    synopsis='numlist "numlist" [, ascending descending integer missingokay min(#) max(#) range() sort]',
)
def numlist(session: SessionState, node: Command) -> None:
    values = tuple((name, str(node.option(name))) for name in ("min", "max", "range") if name in node.options)
    settings = Settings(tuple(name for name in SWITCHES if node.option(name)), values)
    found = numlist_text(unquote(str(node.argument)), settings, "invalid numlist")
    session.r = Results(macros={"numlist": found})


@command(
    "unab",
    syntax=Syntax(
        "text",
        options=(
            OptionSpec("min", "min", "integer", "least number of variables"),
            OptionSpec("max", "max", "integer", "most variables"),
            OptionSpec("name", "name", "text", "what messages call the list"),
        ),
    ),
    synopsis="unab lmacname : varlist [, min(#) max(#) name()]",
    needs=("data",),
    keeps_r=True,
    by_reference=True,
)
def unab(session: SessionState, node: Command) -> None:
    name, colon, text = (part.strip() for part in str(node.argument).partition(":"))
    if not colon or not name.isidentifier():
        raise StataError(198, "invalid syntax")
    names = resolve_varlist(parse_varlist(text), session.data)
    before = f"{node.option('name')}:  " if node.option("name") else ""
    if len(names) < node.option("min", 1):
        raise StataError(102 if names else 100, f"{before}too few variables specified")
    if len(names) > node.option("max", len(names)):
        raise StataError(103, f"{before}too many variables specified")
    session.locals[name] = " ".join(names)


@command(
    "levelsof",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("local", "l", "name", "macro that gets the list"),
            OptionSpec("clean", "c", help="texts without quotes"),
            OptionSpec("separate", "s", "text", "what stands between the values"),
            OptionSpec("missing", "miss", help="missing values too"),
        ),
    ),
    synopsis="levelsof varname [if] [in] [, clean local(macname) missing separate(separator)]",
    needs=("data",),
    by_reference=True,
)
def levelsof(session: SessionState, node: Command) -> None:
    if node.argument is None:
        raise StataError(100, "varlist required")
    variable = session.data[resolve_name(node.argument, session.data)]
    if session.data.reference is None:
        rows = selected_rows(session, node)
    else:
        from xmixed.commands.referenced import selected_reference
        from xmixed.data.reference.counting import condensed

        found = condensed(session.data, selected_reference(session, node), [variable.name])
        variable, rows = found.data[variable.name], np.ones(found.data.n_obs, dtype=bool)
    missing = bool(node.option("missing"))
    if variable.is_string:
        texts = sorted({str(value) for value in variable.values[rows] if value != "" or missing})
        shown = texts if node.option("clean") else [_quoted(text) for text in texts]
    else:
        values = np.unique(variable.to_double()[rows])
        shown = [_shown(value) for value in values if missing or not is_missing(np.asarray(value))]
    text = str(node.option("separate", " ")).join(shown)
    session.out.write(*(wrap(text, session.settings.linesize) if text else []))
    session.r = Results(macros={"levels": text} if text else {})
    macro = node.option("local")
    if macro:
        session.locals.pop(macro, None)
        if text:
            session.locals[macro] = text


def _quoted(text: str) -> str:
    return f'`"{text}"\''


def _shown(value: float) -> str:
    if is_missing(np.asarray(value)):
        return format_value(value, "%18.0g").strip()
    return number_text(float(value))
