"""`syntax`: a program says what it takes, and finds what was typed in macros."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.data.columns import blank_column
from xmixed.data.dataset import Variable, default_format
from xmixed.errors import StataError
from xmixed.expressions.typed.options import option_macros
from xmixed.expressions.typed.parts import (
    NewNames,
    check_count,
    existing_names,
    new_names,
    piece,
    plain_names,
    skeleton_of,
    split_equals,
    typed_weight,
)
from xmixed.language.nodes import Command
from xmixed.language.options import unquote
from xmixed.language.programs.program_syntax import Description, Part, describe
from xmixed.language.skeleton import Skeleton
from xmixed.language.syntax import Syntax
from xmixed.session.frames import Temporary
from xmixed.session.state import SessionState

MANY = 1_000_000
ASSUMED = {"fweight": "frequency", "aweight": "analytic", "pweight": "sampling", "iweight": "importance"}
MACROS = {"varname": "varlist", "newvarlist": "varlist", "newvarname": "varlist", "name": "namelist"}
"""The macro of an argument whose kind has another name."""
_QUALIFIERS = frozenset({"IF", "IN", "USING", "WEIGHT"})


@command(
    "syntax",
    syntax=Syntax("raw"),
    synopsis="syntax [varlist|namelist|anything] [if] [in] [using] [=exp] [weight] [, options]",
    keeps_r=True,
)
def syntax(session: SessionState, node: Command) -> None:
    description = describe(str(node.argument))
    typed = session.locals.get("0", "")
    macros = _read(session, typed, description)
    for name, value in macros.items():
        if value:
            session.locals[name] = value
        else:
            session.locals.pop(name, None)


def _read(session: SessionState, text: str, description: Description) -> dict[str, str]:
    parts = description.parts
    argument = parts.get("argument")
    everything = argument is not None and "everything" in argument.settings.words
    plain = _QUALIFIERS if everything else frozenset()
    skeleton = skeleton_of(text, plain)
    _refuse(skeleton, parts)
    macros: dict[str, str] = {}
    typed = piece(text, skeleton.argument)
    keeps_equals = everything or (argument is not None and "equalok" in argument.settings.words)
    split = split_equals(typed)
    if split.expression is not None and ("exp" in parts or not keeps_equals):
        if "exp" not in parts:
            raise StataError(101, "=exp not allowed")
        typed = split.text
    else:
        split = split._replace(expression=None)
    macros |= _argument_macros(session, typed, argument)
    if "exp" in parts:
        if split.expression is None and not parts["exp"].optional:
            raise StataError(100, "=exp required")
        macros["exp"] = _worded("= ", split.expression, parts["exp"])
    macros |= _qualifier_macros(text, skeleton, parts)
    if "weight" in parts:
        macros |= _weight_macros(session, text, skeleton, parts["weight"])
    return macros | option_macros(session, text, skeleton.options, description)


def _refuse(skeleton: Skeleton, parts: dict[str, Part]) -> None:
    checks = (
        ("if", skeleton.condition, "if not allowed"),
        ("in", skeleton.in_range, "in range not allowed"),
        ("using", skeleton.using, "using not allowed"),
        ("weight", skeleton.weight, "weights not allowed"),
    )
    for name, span, message in checks:
        if span is not None and name not in parts:
            raise StataError(101, message)


def _worded(word: str, value: str | None, part: Part) -> str:
    if value is None:
        return ""
    return value if part.bare else f"{word}{value}"


def _qualifier_macros(text: str, skeleton: Skeleton, parts: dict[str, Part]) -> dict[str, str]:
    macros: dict[str, str] = {}
    spans = {"if": skeleton.condition, "in": skeleton.in_range, "using": skeleton.using}
    for name, span in spans.items():
        if name not in parts:
            continue
        part = parts[name]
        if span is None:
            if not part.optional:
                raise StataError(100, f"{name} required")
            macros[name] = ""
            continue
        value = piece(text, span)
        if name == "using":
            filename = unquote(value)
            quoted = f'`"{filename}"\'' if '"' in filename else f'"{filename}"'
            macros[name] = filename if part.bare else f"using {quoted}"
        else:
            macros[name] = _worded(f"{name} ", value, part)
    return macros


def _weight_macros(session: SessionState, text: str, skeleton: Skeleton, part: Part) -> dict[str, str]:
    weight = typed_weight(text, skeleton, part)
    if weight is None:
        return {"weight": "", "exp": ""}
    if weight.assumed:
        words = {
            "fweight": "frequency",
            "aweight": "analytic",
            "pweight": "sampling",
            "iweight": "importance",
        }
        session.out.write(f"({words[weight.kind]} weights assumed)")
    return {"weight": weight.kind, "exp": _worded("= ", weight.text, part)}


def _argument_macros(session: SessionState, typed: str, part: Part | None) -> dict[str, str]:
    """Return the macros of the part before the qualifiers."""
    if part is None:
        if typed:
            raise StataError(101, "varlist not allowed")
        return {}
    kind, settings = part.kind, part.settings
    if kind == "anything":
        if not typed and not part.optional:
            raise StataError(100, f"{settings.value('id') or 'anything'} required")
        macros = {"anything": typed}
        return macros | ({settings.value("name"): typed} if settings.value("name") else {})
    single = kind in ("varname", "newvarname", "name")
    macro = MACROS.get(kind, kind)
    if kind in ("varlist", "varname"):
        return {macro: " ".join(_existing(session, typed, part, single))}
    if kind in ("newvarlist", "newvarname"):
        return _new(session, typed, part, single)
    names = plain_names(typed, settings)
    if not names and not part.optional:
        raise StataError(100, f"{settings.value('id') or 'name'} required")
    if names:
        check_count(len(names), settings, 1, 1 if single else MANY)
    return {macro: " ".join(names)}


def _existing(session: SessionState, typed: str, part: Part, single: bool) -> list[str]:
    settings = part.settings
    if not typed and part.optional:
        return [] if settings.value("default") == "none" or single else session.data.names
    if not typed and settings.value("default") == "_all":
        return session.data.names
    names = existing_names(typed, session.data, settings) if typed else []
    check_count(len(names), settings, 1, 1 if single else MANY)
    return names


def _new(session: SessionState, typed: str, part: Part, single: bool) -> dict[str, str]:
    found = new_names(typed, session.data, session.settings.type)
    if found.names or not part.optional:
        check_count(len(found.names), part.settings, 1, 1 if single else MANY)
    if "generate" in part.settings.words:
        _generate(session, found)
    return {"varlist": " ".join(found.names), "typlist": " ".join(found.types)}


def _generate(session: SessionState, found: NewNames) -> None:
    """Make the new variables, all missing; they go where the program fails."""
    data = session.data
    made = [
        Variable(name, kind, blank_column(kind, data.n_obs), default_format(kind))
        for name, kind in zip(found.names, found.types, strict=True)
    ]
    session.data = data.with_variables(*made)
    session.frame.temporaries += [Temporary("made", name) for name in found.names]
