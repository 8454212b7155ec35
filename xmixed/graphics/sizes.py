"""Words for sizes, widths, symbols, patterns, positions and angles, as numbers.

Sizes in Stata are per cent of the graph's smaller side; a graph is four inches high, so that one per cent is
2.88 points.
"""

from __future__ import annotations

import math

POINTS_PER_CENT = 2.88

TEXT_SIZES: dict[str, float] = {
    "zero": 0.0,
    "minuscule": 0.2,
    "quarter_tiny": 0.35,
    "third_tiny": 0.46,
    "half_tiny": 0.69,
    "tiny": 1.39,
    "vsmall": 2.08,
    "small": 2.78,
    "medsmall": 3.47,
    "medium": 3.82,
    "medlarge": 4.17,
    "large": 4.86,
    "vlarge": 5.56,
    "huge": 6.94,
    "vhuge": 9.72,
    "tenth": 10.0,
    "quarter": 25.0,
    "third": 33.33,
    "half": 50.0,
    "full": 100.0,
}
"""Per cent of the graph's height."""

SYMBOL_SIZES: dict[str, float] = {
    "zero": 0.0,
    "vtiny": 0.5,
    "tiny": 0.75,
    "vsmall": 1.0,
    "small": 1.3,
    "medsmall": 1.6,
    "medium": 1.95,
    "medlarge": 2.3,
    "large": 2.7,
    "vlarge": 3.2,
    "huge": 4.2,
    "vhuge": 5.6,
    "ehuge": 9.0,
}

LINE_WIDTHS: dict[str, float] = {
    "none": 0.0,
    "vvvthin": 0.04,
    "vvthin": 0.08,
    "vthin": 0.12,
    "thin": 0.2,
    "medthin": 0.28,
    "medium": 0.35,
    "medthick": 0.5,
    "thick": 0.7,
    "vthick": 1.0,
    "vvthick": 1.5,
    "vvvthick": 2.5,
}

PATTERNS: dict[str, tuple[float, ...]] = {
    "solid": (),
    "dash": (5, 3),
    "dot": (1, 2),
    "dash_dot": (5, 2.5, 1, 2.5),
    "shortdash": (3, 2),
    "shortdash_dot": (3, 2, 1, 2),
    "longdash": (9, 3),
    "longdash_dot": (9, 2.5, 1, 2.5),
    "dash_dot_dot": (5, 2, 1, 2, 1, 2),
    "longdash_shortdash": (9, 2.5, 3, 2.5),
    "dash_3dot": (5, 2, 1, 2, 1, 2, 1, 2),
    "longdash_3dot": (9, 2, 1, 2, 1, 2, 1, 2),
    "tight_dot": (1, 1),
    "blank": (),
}
"""Lengths of dashes and gaps, in line widths."""

_DASHES = {"-": (3, 2), "_": (7, 2), ".": (1, 2), "l": (9, 2), "#": (0, 4)}

SYMBOLS: dict[str, str] = {
    "circle": "o",
    "diamond": "D",
    "triangle": "^",
    "square": "s",
    "plus": "+",
    "X": "x",
    "arrowf": ">",
    "arrow": "4",
    "pipe": "|",
    "V": "v",
    "point": ".",
    "none": "",
}
"""Symbols and the drawing library's marks for them."""

_SYMBOL_WORDS: dict[str, str] = {
    "O": "circle",
    "D": "diamond",
    "T": "triangle",
    "S": "square",
    "o": "smcircle",
    "d": "smdiamond",
    "t": "smtriangle",
    "s": "smsquare",
    "+": "plus",
    "x": "smx",
    "X": "X",
    "A": "arrowf",
    "a": "arrow",
    "|": "pipe",
    "V": "V",
    "v": "V",
    "p": "point",
    "i": "none",
}

ANGLES = {"horizontal": 0.0, "vertical": 90.0, "rvertical": -90.0, "rhorizontal": 180.0}
CLOCK = {"n": 12, "ne": 1, "e": 3, "se": 5, "s": 6, "sw": 7, "w": 9, "nw": 11, "c": 0}
COMPASS = {
    "north": 12,
    "neast": 1,
    "east": 3,
    "seast": 5,
    "south": 6,
    "swest": 7,
    "west": 9,
    "nwest": 11,
    "center": 0,
    "centre": 0,
}
MARGINS = {
    "zero": 0.0,
    "none": 0.0,
    "tiny": 0.7,
    "vsmall": 1.4,
    "small": 2.1,
    "medsmall": 2.8,
    "medium": 3.5,
    "medlarge": 4.2,
    "large": 5.6,
    "vlarge": 7.0,
}


def _measure(text: str, words: dict[str, float], standard: float) -> float | None:
    """Return points of a size: a word, per cent, `*#` of the standard, or with a unit (`pt in cm`)."""
    word = text.strip()
    if word in words:
        return words[word] * POINTS_PER_CENT
    base, _, factor = word.partition("*")
    try:
        if factor:
            known = words[base] * POINTS_PER_CENT if base else standard
            return known * float(factor)
        for unit, points in (("pt", 1.0), ("in", 72.0), ("cm", 72 / 2.54), ("rs", POINTS_PER_CENT)):
            if word.endswith(unit):
                return float(word[:-2]) * points
        return float(word) * POINTS_PER_CENT
    except (ValueError, KeyError):
        return None


def text_size(text: str, standard: float = 11.0) -> float | None:
    """Return points of a text size; None when it is none."""
    return _measure(text, TEXT_SIZES, standard)


def symbol_size(text: str, standard: float = 5.6) -> float | None:
    """Return the diameter of a symbol in points; None when it is none."""
    return _measure(text, SYMBOL_SIZES, standard)


def line_width(text: str, standard: float = 1.0) -> float | None:
    """Return a line's width in points; None when it is none."""
    return _measure(text, LINE_WIDTHS, standard)


def is_pattern(text: str) -> bool:
    """Return whether a text is the name of a pattern or a formula of dashes (`-..-`)."""
    return text in PATTERNS or (bool(text) and all(character in _DASHES for character in text))


def dashes(pattern: str) -> tuple[float, ...]:
    """Return lengths of dashes and gaps of a pattern, in line widths; () for a solid line."""
    if pattern in PATTERNS:
        return PATTERNS[pattern]
    return tuple(float(length) for character in pattern for length in _DASHES[character])


def symbol_of(text: str) -> tuple[str, bool, float] | None:
    """Return the name of a symbol, whether it is hollow, and its relative size; None when there is none.

    `O`, `circle`, `Oh`, `circle_hollow`, `smcircle`, `oh`, `i`.
    """
    word, hollow = text.strip(), False
    if word.endswith("_hollow"):
        word, hollow = word.removesuffix("_hollow"), True
    elif len(word) == 2 and word[1] == "h":
        word, hollow = word[0], True
    word = _SYMBOL_WORDS.get(word, word)
    if word == "smx":
        return "X", hollow, 0.7
    small = word.startswith("sm") and word[2:] in SYMBOLS
    word = word[2:] if small else word
    if word not in SYMBOLS:
        return None
    return word, hollow, 0.7 if small else 1.0


def angle_of(text: str) -> float | None:
    """Return degrees of an angle as typed: a number or a word; None when it is none."""
    word = text.strip().lower()
    for name, degrees in ANGLES.items():
        if word and name.startswith(word):
            return degrees
    try:
        degrees = float(word)
    except ValueError:
        return None
    return math.fmod(degrees, 360.0) if math.isfinite(degrees) else None


def clock_of(text: str) -> int | None:
    """Return the hour of a position: 0 to 12, or a direction (`ne`, `north`); None when it is none."""
    word = text.strip().lower()
    found = CLOCK.get(word, COMPASS.get(word))
    if found is not None:
        return found
    return int(word) if word.isdecimal() and int(word) <= 12 else None
