"""The qualifiers of a command: `if`, `in`, `[weight=exp]`, `using`."""

from __future__ import annotations

from typing import NamedTuple

from xmixed.errors import Span, StataError
from xmixed.language.builders.expressions import check_depth
from xmixed.language.grammar import parse
from xmixed.language.nodes import Expression, InRange, Weight
from xmixed.language.options import match_choice, unquote
from xmixed.language.skeleton import Skeleton
from xmixed.language.syntax import Syntax

WEIGHT_WORDS: tuple[tuple[str, str], ...] = (
    ("fweights", "fw"),
    ("frequency", "freq"),
    ("pweights", "pw"),
    ("aweights", "aw"),
    ("cellsize", "cell"),
    ("iweights", "iw"),
    ("weights", "w"),
)
_WEIGHT_KINDS = {"frequency": "fweight", "cellsize": "aweight"}


def weight_kind(word: str) -> str:
    """Return the kind that a full word of `WEIGHT_WORDS` means: `fweights` is fweight."""
    return _WEIGHT_KINDS.get(word, word.removesuffix("s"))


class Qualifiers(NamedTuple):
    """The parsed qualifiers; None where one is absent."""

    condition: Expression | None
    in_range: InRange | None
    weight: Weight | None
    using: str | None


def read_qualifiers(text: str, skeleton: Skeleton, syntax: Syntax) -> Qualifiers:
    """Parse the qualifiers that the command allows.

    Raises
    ------
    StataError
        r(101) for one that is not allowed; r(198) for one that does not parse.
    """
    refuse_parts(skeleton, syntax)
    return Qualifiers(
        _condition(text, skeleton.condition, syntax),
        _in_range(text, skeleton.in_range),
        _weight(text, skeleton, syntax),
        _using(text, skeleton.using, syntax.several_files),
    )


def refuse_parts(skeleton: Skeleton, syntax: Syntax) -> None:
    """Refuse the parts of a command that its syntax does not have, r(101)."""
    checks = (
        (skeleton.condition, syntax.condition, "if not allowed"),
        (skeleton.in_range, syntax.in_range, "in range not allowed"),
        (skeleton.weight, bool(syntax.weights), "weights not allowed"),
        (skeleton.using, syntax.using, "using not allowed"),
    )
    for span, allowed, message in checks:
        if span is not None and not allowed:
            raise StataError(101, message, span)


def read_expression(text: str, span: Span) -> Expression:
    """Parse an expression; empty text is r(198)."""
    if not text[span.start : span.end].strip():
        raise StataError(198, "invalid syntax", span)
    expression = parse("expression", text, span)
    check_depth(expression)
    return expression


def _condition(text: str, span: Span | None, syntax: Syntax) -> Expression | None:
    if span is None:
        return None
    try:
        return read_expression(text, span)
    except StataError as error:
        # Stata: in `list if x = 1` the single equals sign begins the `= exp` of standard syntax.
        single = error.span is not None and text[error.span.start : error.span.end] == "="
        if not single:
            raise
        if syntax.argument in ("newvar", "assignment"):
            raise
        raise StataError(101, "=exp not allowed", error.span) from None


def _in_range(text: str, span: Span | None) -> InRange | None:
    if span is None:
        return None
    if not text[span.start : span.end].strip():
        raise StataError(198, "invalid syntax", span)
    return parse("in_range", text, span)


def _weight(text: str, skeleton: Skeleton, syntax: Syntax) -> Weight | None:
    span = skeleton.weight
    if span is None:
        return None
    word = match_choice(skeleton.weight_kind.lower(), WEIGHT_WORDS)
    if word is None:
        raise StataError(198, "invalid syntax", span)
    kind = weight_kind(word)
    if kind != "weight" and kind not in syntax.weights:
        raise StataError(101, f"{kind}s not allowed", span)
    return Weight(kind, read_expression(text, span), text[span.start : span.end].strip(), span)


def _using(text: str, span: Span | None, several: bool) -> str | None:
    if span is None:
        return None
    return text[span.start : span.end].strip() if several else read_filename(text, span)


def read_filename(text: str, span: Span) -> str:
    """Return a file name without its quotes.

    Raises
    ------
    StataError
        r(198): `invalid file specification` without a name, `invalid 'b'` for a second word.
    """
    words = parse("words", text, span)
    if not words or not words[0]:
        raise StataError(198, "invalid file specification", span)
    if len(words) > 1:
        raise StataError(198, f"invalid '{words[1]}' ", span, "put a file name with blanks in quotes")
    return unquote(text[span.start : span.end])
