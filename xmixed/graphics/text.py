"""Text for graphs: markup of Stata's (`{it:x}`, `{&alpha;}`, `{sup:2}`) becomes plain Unicode."""

from __future__ import annotations

import html
import re
import unicodedata

_MARKUP = re.compile(r"\{&(\w+);?\}|\{(?:it|bf|sf|stSans|stSerif|stMono|stSymbol|stItalic|ul|sub|sup):")
_DIRECTIVE = re.compile(r"\{(?:it|bf|sf|bind|center|char|\.-)\}")
_RAISED = str.maketrans("0123456789+-=()nix", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣ")
_LOWERED = str.maketrans("0123456789+-=()aeioruvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢₒᵣᵤᵥₓ")


def plain(text: str) -> str:
    """Return text as it is shown: markup resolved, control characters gone; other braces stay as they are.

    Examples
    --------
    >>> plain("{it:R}{sup:2} and {&beta;}")
    'R² and β'
    """
    shown = _resolve(_DIRECTIVE.sub("", text)) if "{" in text else text
    return "".join(character for character in shown if unicodedata.category(character) not in ("Cc", "Cs"))


def _resolve(text: str) -> str:
    """Resolve markup from the left; what is inside a directive is resolved first."""
    out: list[str] = []
    opened: list[tuple[str, int]] = []  # directive and where its text begins in `out`; "" for a plain brace
    position = 0
    while position < len(text):
        found = _MARKUP.match(text, position) if text[position] == "{" else None
        if found is None:
            position += 1
            _plain_character(text[position - 1], out, opened)
        elif found.group(1):
            out.append(_entity(found.group(1)))
            position = found.end()
        else:
            opened.append((found.group()[1:-1], len(out)))
            position = found.end()
    return "".join(out)


def _plain_character(character: str, out: list[str], opened: list[tuple[str, int]]) -> None:
    if character == "{":
        opened.append(("", len(out)))
        out.append(character)
    elif character == "}" and opened:
        directive, start = opened.pop()
        if not directive:
            out.append(character)
            return
        table = {"sup": _RAISED, "sub": _LOWERED}.get(directive)
        if table is not None:
            out[start:] = ["".join(out[start:]).translate(table)]
    else:
        out.append(character)


def _entity(name: str) -> str:
    found = html.unescape(f"&{name};")
    return found if found != f"&{name};" else name
