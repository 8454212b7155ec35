"""Schemes: the looks that a graph takes where nobody asked for another, as data.

`xmixed` is the default: colours that people with any colour vision tell apart (Okabe and Ito), a light grid,
the legend below. The others look like Stata's schemes of their names as far as colours, symbols, patterns,
grid and the legend's place go; they are not copies.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from xmixed.graphics.colors import CLEAR, color_of


@dataclass(frozen=True, slots=True)
class Scheme:
    """The look of a graph. Colours are `#rrggbbaa`, sizes are points.

    Attributes
    ----------
    colors, symbols, patterns : tuple of str
        In turn for the plots of a graph.
    outside, inside : str
        Behind the graph, behind the plot.
    frame : str
        Line around the plot region; clear for none.
    open_axes : bool
        Lines at the left and below only.
    grid_x, grid_y : bool
    legend_position : int
        Hour of the clock.
    y_angle : float
        Angle of the labels of the y axis.
    """

    name: str
    colors: tuple[str, ...]
    symbols: tuple[str, ...] = ("circle",)
    patterns: tuple[str, ...] = ("solid",)
    outside: str = "#ffffffff"
    inside: str = "#ffffffff"
    frame: str = CLEAR
    foreground: str = "#000000ff"
    title_color: str = "#000000ff"
    grid_x: bool = False
    grid_y: bool = True
    grid_color: str = "#e6e6e6ff"
    grid_pattern: str = "solid"
    grid_width: float = 0.7
    legend_position: int = 6
    legend_columns: int = 2
    legend_frame: str = CLEAR
    legend_fill: str = CLEAR
    y_angle: float = 0.0
    width: float = 5.5
    height: float = 4.0
    title_size: float = 14.0
    subtitle_size: float = 11.0
    axis_title_size: float = 10.5
    label_size: float = 9.5
    note_size: float = 8.5
    symbol_size: float = 5.4
    line_width: float = 1.2
    bar_fill: float = 1.0
    area_fill: float = 1.0
    interval_fill: str = ""
    hollow: bool = False
    strip: str = CLEAR
    font: str = "DejaVu Sans"

    def color(self, number: int) -> str:
        """Return the colour of plot `number`, from 1."""
        return self.colors[(number - 1) % len(self.colors)]

    def symbol(self, number: int) -> str:
        return self.symbols[(number - 1) % len(self.symbols)]

    def pattern(self, number: int) -> str:
        return self.patterns[(number - 1) % len(self.patterns)]


def _colors(words: str) -> tuple[str, ...]:
    return tuple(color_of(word) or "" for word in words.split())


_GREYS = _colors("gs0 gs8 gs5 gs11 gs3 gs13 gs6 gs10 gs2 gs12 gs7 gs14 gs4 gs9 gs1")
_SHAPES = ("circle", "diamond", "square", "triangle", "X", "plus")
_MONO_PATTERNS = (
    "solid",
    "dash",
    "shortdash",
    "longdash_dot",
    "dot",
    "dash_dot",
    "longdash",
    "shortdash_dot",
)

_OWN = Scheme(
    "xmixed",
    _colors("#0072b2 #d55e00 #009e73 #cc79a7 #e69f00 #56b4e9 #4d4d4d #b2a300"),
    symbols=("circle", "diamond", "square", "triangle"),
    foreground="#333333ff",
    grid_color="#e4e4e4ff",
    legend_position=6,
    area_fill=0.85,
    bar_fill=0.9,
)
_S2COLOR = Scheme(
    "s2color",
    _colors(
        "navy maroon forest_green dkorange teal cranberry lavender khaki sienna emidblue emerald brown"
        " erose gold bluishgray"
    ),
    symbols=("circle",),
    outside="#eaf2f3ff",
    grid_color="#eaf2f3ff",
    grid_width=1.0,
    title_color="#1e2d53ff",
    legend_frame="#000000ff",
    legend_fill="#ffffffff",
    y_angle=90.0,
    strip="#d9e6ebff",
)
_S1COLOR = replace(
    _S2COLOR,
    name="s1color",
    outside="#ffffffff",
    frame="#000000ff",
    grid_y=False,
    title_color="#000000ff",
    strip="#ffffffff",
)
_S2MONO = replace(
    _S2COLOR,
    name="s2mono",
    colors=_GREYS,
    symbols=_SHAPES,
    patterns=_MONO_PATTERNS,
    outside="#f0f0f0ff",
    grid_color="#f0f0f0ff",
    title_color="#000000ff",
    strip="#e0e0e0ff",
)
_S1MONO = replace(
    _S2MONO, name="s1mono", outside="#ffffffff", frame="#000000ff", grid_y=False, strip="#ffffffff"
)
_PLOTPLAIN = Scheme(
    "plotplain",
    _GREYS,
    symbols=("circle", "diamond", "square", "triangle"),
    patterns=_MONO_PATTERNS,
    grid_color="#d9d9d9ff",
    grid_pattern="dash",
    grid_width=0.5,
    legend_position=3,
    legend_columns=1,
    hollow=True,
)
_ECONOMIST = replace(
    _S2COLOR,
    name="economist",
    colors=_colors("edkblue emidblue eltblue emerald erose ebblue eltgreen stone navy maroon"),
    outside="#c6d3dfff",
    inside="#c6d3dfff",
    grid_color="#ffffffff",
    legend_frame=CLEAR,
    legend_fill=CLEAR,
    y_angle=0.0,
)

SCHEMES: dict[str, Scheme] = {
    scheme.name: scheme
    for scheme in (
        _OWN,
        _S2COLOR,
        _S1COLOR,
        _S2MONO,
        _S1MONO,
        _PLOTPLAIN,
        _ECONOMIST,
        replace(_S2MONO, name="s2manual", outside="#ffffffff"),
        replace(_S1MONO, name="s1manual"),
        replace(_S2COLOR, name="s2gcolor", outside="#ffffffff"),
        replace(_S2MONO, name="s2gmanual", outside="#ffffffff"),
        replace(_S1MONO, name="sj", y_angle=0.0, label_size=8.5),
        replace(_PLOTPLAIN, name="lean1", grid_y=False, frame="#000000ff", legend_frame="#000000ff"),
        replace(_PLOTPLAIN, name="lean2", grid_pattern="solid", grid_color="#e0e0e0ff"),
        replace(_PLOTPLAIN, name="plotplainblind", colors=_OWN.colors, hollow=False),
        replace(
            _PLOTPLAIN,
            name="plottig",
            colors=_OWN.colors,
            inside="#ebebebff",
            grid_x=True,
            grid_color="#ffffffff",
            grid_pattern="solid",
            grid_width=0.9,
            hollow=False,
        ),
        replace(
            _S1COLOR,
            name="s1rcolor",
            colors=_colors("yellow lime midblue magenta orange cyan red ltkhaki white"),
            outside="#000000ff",
            inside="#000000ff",
            foreground="#ffffffff",
            title_color="#ffffffff",
            frame="#ffffffff",
            legend_frame="#ffffffff",
            legend_fill="#000000ff",
            strip="#000000ff",
        ),
        replace(
            _OWN,
            name="burd",
            colors=_colors("#2166ac #b2182b #666666 #4393c3 #d6604d #999999 #92c5de #f4a582"),
        ),
        replace(_OWN, name="tufte", colors=_GREYS, grid_y=False),
        replace(
            _OWN,
            name="stcolor",
            colors=_colors(
                "#1a85ff #d41159 #00bf7f #ffd400 #404040 #8055ff #6dacde #b00062 #ff842a #6d4b03 #005e5d"
            ),
            legend_position=3,
            legend_columns=1,
        ),
        replace(_OWN, name="cleanplots", grid_x=True),
        replace(_OWN, name="white_tableau", grid_x=True),
    )
}
DEFAULT = "xmixed"
FALLBACK = "s2color"


def scheme_of(name: str) -> Scheme:
    """Return the scheme of a name; the default for an unknown one (who sets schemes says so)."""
    return SCHEMES.get(name, SCHEMES[DEFAULT])
