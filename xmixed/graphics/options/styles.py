"""Looks of plots from their options: `mcolor(red blue)` colours the first series red and the second blue."""

from __future__ import annotations

from dataclasses import replace

from xmixed.graphics.colors import color_of, intensified
from xmixed.graphics.looks import FILLED
from xmixed.graphics.model import Stroke, Style
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.schemes import Scheme
from xmixed.graphics.sizes import (
    angle_of,
    clock_of,
    is_pattern,
    line_width,
    symbol_of,
    symbol_size,
    text_size,
)
from xmixed.language.nodes.graphs import GraphOptions, Marked

CONNECT = {
    "l": "direct",
    "L": "ascending",
    "J": "stairs",
    "i": "none",
    "": "",
    "none": "none",
    "direct": "direct",
}
CONNECT |= {"ascending": "ascending", "stairstep": "stairs", "stepstair": "rise", "ascend": "ascending"}


def element(words: tuple[Marked, ...], i: int) -> str:
    """Return what a list of styles says of series `i`; "" is the default.

    `.` is the default, `=` the one before, `..` makes the rest like that.
    """
    texts = [word.text for word in words]
    if not texts:
        return ""
    if i >= len(texts):
        if texts[-1] in ("..", "...", "=="):
            return element(words[:-1], len(texts) - 2)
        # one style for all: what Stata's users mean by mcolor(red) for one series only reaches the first
        return ""
    text = texts[i]
    if text in ("=", "..", "..."):
        return element(words[:i], i - 1) if i else ""
    return "" if text in (".", "default") else text


class Looks:
    """The look options of one plot."""

    def __init__(self, options: GraphOptions, scheme: Scheme, notes: Notes) -> None:
        self.options, self.scheme, self.notes = options, scheme, notes

    def word(self, names: str, i: int) -> str:
        """Return the style of series `i` in the last option of some names that says one."""
        found = self.options.last(*names.split())
        if found is None or not found.value:
            return ""
        words = found.value
        if i == 0 and len(words) == 3 and all(word.text.isdecimal() for word in words):
            return " ".join(word.text for word in words)  # color(255 0 0) without its quotes
        return element(words, i)

    def color(self, names: str, i: int) -> str:
        word = self.word(names, i)
        if not word:
            return ""
        number = _style_number(word)
        if number:
            return self.scheme.color(number)
        own = word.startswith(("%", "*"))  # an opacity or intensity alone: of the plot's own colour
        if own:
            word = f"{self.scheme.color(self.number(i + 1, i))[:7]}{word}"
        found = color_of(word, self.scheme.foreground, self.scheme.inside)
        if found is None:
            self.notes.unknown(word, "color")
        return found or ""

    def stroke(
        self, i: int, color: str = "lcolor clcolor blcolor", width: str = "lwidth clwidth blwidth"
    ) -> Stroke:
        """Return the line that options ask for."""
        typed = self.word(width, i)
        measured = line_width(typed, self.scheme.line_width) if typed else None
        if typed and measured is None:
            self.notes.unknown(typed, "linewidth")
        pattern = self.word("lpattern clpattern blpattern", i) or self._line_style(i)
        if pattern and not is_pattern(pattern):
            self.notes.unknown(pattern, "linepattern")
            pattern = ""
        return Stroke(self.color(color, i), measured, pattern)

    def _line_style(self, i: int) -> str:
        """Return the pattern of `lstyle()`, which may name one (`none`, `dot`) or a look of the scheme."""
        word = self.word("lstyle clstyle", i)
        number = _style_number(word)
        if number:
            return self.scheme.pattern(number)
        return {"none": "blank", "foreground": "solid", "grid": "solid", "refline": "solid"}.get(
            word, word if is_pattern(word) else ""
        )

    def number(self, usual: int, i: int) -> int:
        """Return which look of the scheme's a series takes: `pstyle(p2)`."""
        return _style_number(self.word("pstyle", i)) or usual

    def style(self, kind: str, i: int) -> Style:
        """Return the style of series `i` of a plot of some kind."""
        filled = kind in FILLED
        style = replace(Style(), line=self.stroke(i), horizontal=self.options.flag("horizontal"))
        everywhere = self.color("color bcolor", i)
        if everywhere:
            line = style.line if style.line.color else replace(style.line, color=everywhere)
            style = replace(style, fill=everywhere, symbol_fill=everywhere, symbol_edge=everywhere, line=line)
        style = replace(style, fill=self.color("fcolor bfcolor", i) or style.fill)
        style = self._intensity(style, i) if filled else style
        style = self._symbol(style, i)
        style = self._labels(style, i)
        connect = self.word("connect", i)
        if connect and connect not in CONNECT:
            self.notes.unknown(connect, "connectstyle")
        base = self.options.value("base")
        width = self.options.value("barwidth")
        return replace(
            style,
            connect=CONNECT.get(connect, ""),
            base=style.base if base is None else base,
            bar_width=width,
        )

    def _intensity(self, style: Style, i: int) -> Style:
        word = self.word("fintensity intensity bfintensity", i).removeprefix("inten").lstrip("*")
        if not word:
            return style
        try:
            share = float(word)
        except ValueError:
            self.notes.unknown(word, "intensity")
            return style
        share = share / 100 if share > 2 else share
        color = style.fill or self.scheme.color(self.number(i + 1, i))
        return replace(style, fill=intensified(color, share))

    def _symbol(self, style: Style, i: int) -> Style:
        word = self.word("msymbol symbol", i)
        found = symbol_of(word) if word else None
        if word and found is None:
            self.notes.unknown(word, "symbol")
        color = self.color("mcolor", i)
        fill = self.color("mfcolor", i) or color or style.symbol_fill
        edge = self.color("mlcolor", i) or color or style.symbol_edge
        typed = self.word("msize", i)
        size = symbol_size(typed, self.scheme.symbol_size) if typed else None
        if typed and size is None:
            self.notes.unknown(typed, "symbolsize")
        name, hollow, share = found or ("", False, 1.0)
        if hollow:
            number = self.number(i + 1, i)
            edge = edge or fill or self.scheme.color(number)
            fill = self.color("mfcolor", i) or "#00000000"
        if share != 1.0 and size is None:
            size = self.scheme.symbol_size * share
        width = self.word("mlwidth", i)
        return replace(
            style,
            symbol=name,
            symbol_fill=fill,
            symbol_edge=edge,
            symbol_size=size,
            symbol_edge_width=line_width(width) if width else None,
        )

    def _labels(self, style: Style, i: int) -> Style:
        position, size = self.word("mlabposition", i), self.word("mlabsize", i)
        angle = self.word("mlabangle", i)
        clock = clock_of(position) if position else 3
        return replace(
            style,
            label_position=3 if clock is None else clock,
            label_size=text_size(size, self.scheme.label_size) if size else None,
            label_color=self.color("mlabcolor", i),
            label_angle=(angle_of(angle) or 0.0) if angle else 0.0,
        )


def _style_number(word: str) -> int:
    """Return the number in `p2`, `p2line`, `ci2`; 0 without one."""
    if not word.startswith("p"):
        return 0
    digits = ""
    for character in word[1:]:
        if not character.isdecimal():
            break
        digits += character
    return int(digits) if digits and len(digits) < 3 else 0


def stroke_of(options: GraphOptions, scheme: Scheme, notes: Notes) -> Stroke:
    """Return the line that `lcolor() lwidth() lpattern()` of an option's own options ask for."""
    return Looks(options, scheme, notes).stroke(0)
