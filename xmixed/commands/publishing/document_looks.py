"""Options of `putdocx` that say how text looks, and the values that it writes."""

from __future__ import annotations

from dataclasses import replace

from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_scalar
from xmixed.formats import format_value, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.syntax import OptionSpec
from xmixed.missing import is_missing, missing_name
from xmixed.output.document import Look
from xmixed.render.published.word import ALIGNMENTS
from xmixed.session.state import SessionState

_FLAGS = ("bold", "italic", "underline", "strikeout", "allcaps", "smallcaps")
FONT = OptionSpec("font", "font", "text", "name of the font [, size [, color]]")
NFORMAT = OptionSpec("nformat", "nformat", "format", "format of numbers")
ALIGN = OptionSpec(
    "halign", "halign", "choice", "side of the text", choices=tuple((name, name) for name in ALIGNMENTS)
)
LOOK = (
    *(OptionSpec(name, name, help=f"{name} text") for name in _FLAGS),
    OptionSpec("script", "script", "choice", "below or above", choices=(("sub", "sub"), ("super", "super"))),
    NFORMAT,
)
COLORS = {
    "black": "000000",
    "white": "FFFFFF",
    "red": "FF0000",
    "green": "008000",
    "blue": "0000FF",
    "navy": "000080",
    "maroon": "800000",
    "gray": "808080",
    "lightgray": "D3D3D3",
    "yellow": "FFFF00",
    "orange": "FFA500",
    "purple": "800080",
    "teal": "008080",
    "lightblue": "ADD8E6",
}


def color_of(text: str) -> str:
    """Return a color as six hexadecimal digits: a name, `FF0000` or `255 0 0`."""
    word = text.strip().strip('"')
    parts = word.split()
    if len(parts) == 3 and all(part.isdigit() and int(part) < 256 for part in parts):
        return "".join(f"{int(part):02X}" for part in parts)
    if word.lower() in COLORS:
        return COLORS[word.lower()]
    if len(word) == 6 and all(character in "0123456789abcdefABCDEF" for character in word):
        return word.upper()
    raise StataError(198, f"color {word} not known")


def font_of(node: Command) -> Look:
    """Return the font, size and color of font()."""
    if "font" not in node.options:
        return Look()
    parts = [part.strip().strip('"') for part in str(node.option("font")).split(",")]
    if len(parts) > 3:
        raise StataError(198, "option font() incorrectly specified")
    name, size, color = (*parts, "", "")[:3]
    try:
        points = float(size) if size else 0.0
    except ValueError:
        raise StataError(198, "option font() incorrectly specified") from None
    if points < 0 or points > 1000:
        raise StataError(198, "option font() incorrectly specified")
    return Look(font=name, size=points, color=color_of(color) if color else "")


def look_of(node: Command) -> Look:
    """Return how the options of a command make text look."""
    font = font_of(node)
    flags = {name: bool(node.option(name)) for name in _FLAGS}
    return replace(font, **flags, script=str(node.option("script", "")))


def evaluated(session: SessionState, text: str, fmt: str) -> str:
    """Return the value of an expression in parentheses as text."""
    typed = text.strip()
    if not (typed.startswith("(") and typed.endswith(")")):
        raise StataError(198, "an expression in parentheses expected")
    if not typed[1:-1].strip():
        return ""
    return number_text(evaluate_scalar(parse_expression(typed), Context.of(session)), fmt)


def number_text(value: float | str, fmt: str) -> str:
    """Return a value as a document shows it; numbers in a format, %9.0g without one."""
    if isinstance(value, str):
        return value
    if fmt and not is_valid_format(fmt):
        raise StataError(120, "invalid %format")
    return missing_name(value) if is_missing(value) else format_value(value, fmt or "%9.0g").strip()
