"""The multiple-equation syntax of xtmixed: `fixed || level: random, options` or `(fixed) (level: random)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from xmixed.errors import Span, StataError
from xmixed.language.grammar import parse
from xmixed.language.nodes import Interaction, Option, Pattern, Varlist
from xmixed.language.nodes.estimators import FixedEquation, MixedCommand, RandomEquation
from xmixed.language.options import find_option, not_allowed, read_options
from xmixed.language.qualifiers import Qualifiers, read_qualifiers
from xmixed.language.skeleton import Skeleton, TypedOption, assemble
from xmixed.language.syntax import OptionSpec, Syntax


class Equations(NamedTuple):
    """The stretches of a command, one for each equation, and the options after the form with parentheses."""

    equations: list[Span]
    options: list[TypedOption]


def parse_mixed(name: str, syntax: Syntax, text: str, rest: Span) -> MixedCommand:
    """Parse what follows the name of a multiple-equation command.

    Raises
    ------
    StataError
        As `parse_command`; typical slips carry a hint.
    """
    equations, own_options = split_equations(text, rest)
    skeletons = [assemble(parse("command", text, equation)) for equation in equations]
    whole = Span(0, len(text))
    first = skeletons[0]
    own_options = [*own_options, *_drop_empty_end(equations, skeletons)]
    _move_qualifiers(skeletons)
    if len(skeletons) == 1 and _only_options(first):
        options = read_options(text, [*first.options, *own_options], syntax.options, syntax.exclusive)
        return MixedCommand(name, text, None, (), options, whole)
    command_options = list(own_options)
    if not own_options:
        specs = syntax.random_options if len(skeletons) > 1 else syntax.fixed_options
        command_options = _take_command_options(skeletons[-1], specs, syntax.options)
    fixed = _fixed_equation(text, equations[0], first, syntax)
    random = tuple(
        _random_equation(text, equation, skeleton, syntax)
        for equation, skeleton in zip(equations[1:], skeletons[1:], strict=True)
    )
    options = read_options(text, command_options, syntax.options, syntax.exclusive)
    return MixedCommand(name, text, fixed, random, options, whole)


def _only_options(skeleton: Skeleton) -> bool:
    parts = (skeleton.argument, skeleton.condition, skeleton.in_range, skeleton.weight, skeleton.using)
    return all(part is None for part in parts)


# --- splitting -----------------------------------------------------------------------------------------


def split_equations(text: str, rest: Span) -> Equations:
    """Return the stretches between `||`, or inside the parentheses of the other form."""
    pieces = parse("pieces", text, rest)
    if pieces and text.startswith("(", pieces[0].start_pos):
        return _split_parentheses(text, rest, pieces)
    equations: list[Span] = []
    start = rest.start
    for piece in pieces:
        if piece.type == "BARS":
            equations.append(Span(start, piece.start_pos))
            start = piece.end_pos
    equations.append(Span(start, rest.end))
    return Equations(equations, [])


def _split_parentheses(text: str, rest: Span, pieces: Sequence[Any]) -> Equations:
    equations: list[Span] = []
    for piece in pieces:
        if piece.type == "COMMA":
            typed = assemble(parse("command", text, Span(piece.start_pos, rest.end))).options
            return Equations(equations, typed)
        if not (piece.type == "ELEMENT" and text.startswith("(", piece.start_pos)):
            span = Span(piece.start_pos, piece.end_pos)
            hint = "every equation stands in parentheses: (depvar indepvars) (levelvar: varlist), options"
            raise StataError(198, "invalid syntax", span, hint)
        equations.append(Span(piece.start_pos + 1, piece.end_pos - 1))
    return Equations(equations, [])


def _take_command_options(
    skeleton: Skeleton, own: Sequence[OptionSpec], command: Sequence[OptionSpec]
) -> list[TypedOption]:
    """Take the options of the command out of those of the last equation; its own come first."""
    taken: list[TypedOption] = []
    kept: list[TypedOption] = []
    for option in skeleton.options:
        is_own = find_option(option.name, own) is not None
        (kept if is_own else taken).append(option)
    skeleton.options = kept
    return taken


def _drop_empty_end(equations: list[Span], skeletons: list[Skeleton]) -> list[TypedOption]:
    """Take off an empty last equation, `|| id: || , mle`; return its options, the command's."""
    if len(skeletons) < 3 or skeletons[-1].argument is not None:
        return []
    equations.pop()
    return skeletons.pop().options


def _move_qualifiers(skeletons: Sequence[Skeleton]) -> None:
    """Give `if`, `in` and a weight behind a random-effects equation to the command; each stands only once."""
    first = skeletons[0]
    for skeleton in skeletons[1:]:
        for part in ("condition", "in_range", "weight"):
            span: Span | None = getattr(skeleton, part)
            if span is None:
                continue
            if getattr(first, part) is not None:
                raise StataError(198, "invalid syntax", span, "if, in and weights may be given once only")
            setattr(first, part, span)
            setattr(skeleton, part, None)
        first.weight_kind = first.weight_kind or skeleton.weight_kind
        skeleton.weight_kind = ""


# --- the equations -------------------------------------------------------------------------------------


def _fixed_equation(text: str, span: Span, skeleton: Skeleton, syntax: Syntax) -> FixedEquation:
    qualifiers: Qualifiers = read_qualifiers(text, skeleton, syntax)
    if skeleton.argument is None:
        raise StataError(100, "varlist required", span)
    items: Varlist = parse("varlist_factor", text, skeleton.argument)
    depvar = items[0]
    if isinstance(depvar, Interaction):
        raise StataError(198, "depvar may not be a factor variable", depvar.span)
    if not isinstance(depvar, Pattern):
        raise StataError(198, "invalid syntax", depvar.span, "the first name is the dependent variable")
    options = _equation_options(text, skeleton, syntax.fixed_options, syntax, of_random=False)
    return FixedEquation(
        depvar, items[1:], qualifiers.condition, qualifiers.in_range, qualifiers.weight, options, span
    )


def _random_equation(text: str, span: Span, skeleton: Skeleton, syntax: Syntax) -> RandomEquation:
    read_qualifiers(text, skeleton, Syntax())
    if skeleton.argument is None:
        raise StataError(198, "invalid syntax", span, "a random-effects equation is levelvar: varlist")
    try:
        level, varlist, factor = parse("random_equation", text, skeleton.argument)
    except StataError as error:
        raise _explain_random(text, skeleton.argument, error) from None
    for item in varlist:
        if isinstance(item, Interaction) and not _is_continuous(item):
            raise StataError(101, "factor variables not allowed", item.span, _instead(item))
    options = _equation_options(text, skeleton, syntax.random_options, syntax, of_random=True)
    return RandomEquation(level, varlist, factor, options, span)


def _is_continuous(item: Interaction) -> bool:
    return all(operand.operator == "c" for operand in item.operands)


def _instead(item: Interaction) -> str:
    """Return what takes the place of factor variables in a random-effects equation."""
    operand = item.operands[0]
    if len(item.operands) > 1 or not operand.operator.startswith("i"):
        return "make the variables with generate"
    name = operand.name
    return f"use R.{name} for a random effect per level\ntabulate {name}, generate({name}_) makes indicators"


def _explain_random(text: str, span: Span, error: StataError) -> StataError:
    """Add a hint for the slips that are usual in a random-effects equation."""
    typed = text[span.start : span.end]
    if ":" not in typed:
        level, _, varlist = typed.partition(" ")
        meant = f"|| {level}: {varlist.strip()}".rstrip()
        hint = f"a random-effects equation is levelvar: varlist; did you mean `{meant}`?"
        return StataError(198, "invalid syntax", span, hint)
    if "R." in typed:
        return StataError(198, "invalid syntax", error.span or span, "R.varname stands alone in its equation")
    return error


def _equation_options(
    text: str, skeleton: Skeleton, specs: Sequence[OptionSpec], syntax: Syntax, *, of_random: bool
) -> dict[str, Option]:
    """Parse the options of one equation; those that belong elsewhere are refused with a hint."""
    for option in skeleton.options:
        if find_option(option.name, specs) is not None:
            continue
        hint = ""
        if not of_random and find_option(option.name, syntax.random_options) is not None:
            hint = "this option belongs to a random-effects equation: || levelvar: varlist, " + option.name
        elif find_option(option.name, syntax.options) is not None:
            hint = "options of the command stand after the last equation"
        raise not_allowed(option, hint)
    return read_options(text, skeleton.options, specs)
