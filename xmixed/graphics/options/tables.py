"""The options of graph commands as tables: name, shortest abbreviation, what stands in the parentheses."""

from __future__ import annotations

from dataclasses import replace

from xmixed.graphics.options.help import HELP
from xmixed.language.graph_syntax import Content, GraphOptionSpec


def _option(
    name: str,
    minimum: str = "",
    content: Content = "marked",
    inside: tuple[GraphOptionSpec, ...] = (),
    drawn: bool = True,
    bare: bool = False,
) -> GraphOptionSpec:
    kind = "negatable" if content == "flag" else "text"
    return GraphOptionSpec(
        name,
        minimum or name,
        kind,
        HELP.get(name, ""),
        content=content,
        inside=inside,
        drawn=drawn,
        bare=bare,
    )


def _flags(names: str, drawn: bool = True) -> tuple[GraphOptionSpec, ...]:
    """Return options without parentheses; `name:minimum` where they may be abbreviated."""
    pairs = (word.partition(":") for word in names.split())
    return tuple(_option(name, minimum, "flag", drawn=drawn) for name, _, minimum in pairs)


def _words(
    names: str, content: Content = "marked", drawn: bool = True, bare: bool = False
) -> tuple[GraphOptionSpec, ...]:
    """Return options with words in their parentheses."""
    pairs = (word.partition(":") for word in names.split())
    return tuple(_option(name, minimum, content, drawn=drawn, bare=bare) for name, _, minimum in pairs)


# --- inside of options ------------------------------------------------------------------------------------

_UNUSED_TEXT = (
    "box nobox bexpand alignment:align linegap style tstyle width height margin:mar bmargin:bmar bcolor:bc"
    " fcolor:fc lcolor:lc lstyle lwidth:lw lpattern:lp xoffset yoffset bfcolor blcolor blwidth"
)
TEXT = (
    *_words("size:siz color:c position:pos ring justification:just placement:place orientation:orient angle"),
    *_words("yaxis xaxis axis", "numbers"),
    *_flags("span"),
    *_flags("suffix prefix", drawn=False),
    *_words(_UNUSED_TEXT, drawn=False, bare=True),
)
LINE_LOOK = (
    *_words("lcolor:lc lwidth:lw lpattern:lp lstyle:lsty"),
    *_words("extend noextend style", drawn=False, bare=True),
)
_OLD_LINE_LOOK = _words("clcolor:clc clwidth:clw clpattern:clp clstyle:clsty")
REFERENCE = (*LINE_LOOK, *_words("axis", "numbers"))
LABELS = (
    *_words("angle:ang labsize:labs labcolor:labc format:form glcolor:glc glwidth:glw glpattern:glp"),
    *_words("axis"),
    *_flags("valuelabel:val grid:gri ticks:tick labels:lab add alternate:alt"),
    *_flags("norescale gmin gmax gextend", drawn=False),
    *_words("tlength:tl labgap:labg tposition:tp", drawn=False),
    *_words("tlcolor:tlc tlwidth:tlw tstyle tlstyle labstyle gstyle glstyle custom", drawn=False, bare=True),
)
SCALE = (
    *_words("range:r", "numbers"),
    *_flags("log reverse:rev off on alternate:alt line"),
    *_words("axis", "numbers"),
    *_words(
        "lcolor:lc lwidth:lw lpattern:lp lstyle:lsty titlegap:titleg outergap noextend extend fill",
        drawn=False,
        bare=True,
    ),
)
BOX = (
    *_words(
        "color:c fcolor:fc lcolor:lc lwidth:lw lpattern:lp lstyle:ls icolor:ic ifcolor:ifc style:sty margin:m"
    ),
    *_words("ilcolor:ilc ilwidth:ilw ilpattern:ilp ilstyle:ils istyle", drawn=False),
)
LEGEND = (
    *_words("order label:lab region:reg"),
    *_words("rows:r cols:c", "number"),
    *_words("position:pos bplacement:bpl ring size symxsize:symx color"),
    *_words("symysize:symy", drawn=False),
    *_flags("colfirst:colf on off"),
    *_flags("span stack textfirst all", drawn=False),
    _option("title", "ti", "title", TEXT),
    _option("subtitle", "sub", "title", TEXT),
    *_words(
        "note rowgap:rowg colgap:colg keygap:keyg bmargin forcesize:forces holes symplacement:symp"
        " width height margin:mar nobox justification:just textwidth:textw linegap linesize box caption",
        drawn=False,
        bare=True,
    ),
)
LEGEND = tuple(replace(o, content="options", inside=BOX) if o.name == "region" else o for o in LEGEND)


# --- around the plot --------------------------------------------------------------------------------------

HEADINGS = tuple(
    _option(name, minimum, "title", TEXT)
    for name, minimum in (
        ("title", "ti"),
        ("subtitle", "sub"),
        ("note", "no"),
        ("caption", "cap"),
        ("t1title", "t1"),
        ("t2title", "t2"),
        ("b1title", "b1"),
        ("b2title", "b2"),
        ("l1title", "l1"),
        ("l2title", "l2"),
        ("r1title", "r1"),
        ("r2title", "r2"),
    )
)


def _axis(letter: str, stem: str = "") -> tuple[GraphOptionSpec, ...]:
    """Return the options of the axis `letter`; a time axis has the stem `t` for them too."""
    n = stem or letter
    return (
        _option(f"{n}title", f"{n}ti", "title", TEXT),
        _option(f"{n}label", f"{n}la", "ticks", LABELS),
        _option(f"{n}tick", f"{n}tic", "ticks", LABELS),
        _option(f"{n}mlabel", f"{n}mla", "ticks", LABELS),
        _option(f"{n}mtick", f"{n}mti", "ticks", LABELS),
        _option(f"{n}scale", f"{n}sc", "options", SCALE),
        _option(f"{n}line", f"{n}li", "ticks", REFERENCE),
    )


AXES = (*_axis("y"), *_axis("x"), *_axis("x", "t"))
SAVING = (
    _option("name", "name", "file", _flags("replace")),
    _option("saving", "sav", "file", _flags("replace asis")),
)
LOOK = (
    _option("scheme", "sch"),
    *_words("xsize:xsiz ysize:ysiz"),
    _option("graphregion", "graphr", "options", BOX),
    _option("plotregion", "plotr", "options", BOX),
    *_words("scale aspectratio:aspect"),
    *_words("fxsize fysize play bgcolor", drawn=False),
    *_flags("draw"),
)
BY_INSIDE = (
    *_flags("total:tot missing:miss colfirst:colf rescale yrescale xrescale"),
    *_flags("compact", drawn=False),
    *_words("rows:r cols:c holes", "numbers"),
    *_words("iscale:isc"),
    _option("legend", "leg", "options", (*LEGEND, *_words("at", drawn=False))),
    *HEADINGS,
    *LOOK,
    *_words("imargin:imar style edgelabel noedgelabel", drawn=False, bare=True),
    *_flags("ixaxes iyaxes ixtick iytick ixlabel iylabel ixtitle iytitle ixline iyline", drawn=False),
)
BY = _option("by", "by", "varlist", BY_INSIDE)
ADDED = (_option("text", "text", "marked", TEXT), _option("ttext", "tte", "marked", TEXT))
TWOWAY: tuple[GraphOptionSpec, ...] = (
    *HEADINGS,
    *AXES,
    _option("legend", "leg", "options", LEGEND),
    BY,
    *ADDED,
    *SAVING,
    *LOOK,
    *_flags("yoverhangs xoverhangs", drawn=False),
)

# --- of plots ---------------------------------------------------------------------------------------------

AXIS_CHOICE = _words("yaxis xaxis", "numbers")
NAMES = (
    *_words("yvarlabel:yvarlab xvarlabel:xvarlab"),
    *_words("yvarformat xvarformat", drawn=False),
)
SORTING = (_option("sort", "so", "varlist", bare=True),)
MARKERS = (
    *_words("msymbol:m msize:msiz mcolor:mc mfcolor:mfc mlcolor:mlc mlwidth:mlw jitter jitterseed"),
    _option("mlabel", "mlab", "varlist"),
    *_words("mlabposition:mlabp mlabsize:mlabs mlabcolor:mlabc mlabangle:mlabang"),
    _option("mlabvposition", "mlabv", "varlist"),
    *_words("mstyle mlstyle:mlsty mlabgap:mlabg mlabtextstyle mlabstyle mlabformat mlalign", drawn=False),
    _option("symbol", "s"),
)
LINES = (
    *_words("connect:c lpattern:lp lwidth:lw lcolor:lc cmissing:cm pstyle:psty lstyle:lsty"),
    *_OLD_LINE_LOOK,
)
FILLS = (
    *_words("color:col fcolor:fc fintensity:fi lcolor:lc lwidth:lw lpattern:lp pstyle:psty lstyle:lsty"),
    *_words("bcolor:bc bfcolor:bfc blcolor:blc blwidth:blw blpattern:blp intensity:inten bfintensity"),
    *_words("astyle bstyle blstyle alstyle lalign", drawn=False),
    *_OLD_LINE_LOOK,
)
DIRECTION = _flags("horizontal:hor vertical:ver")
BASE = (*_words("base", "number"), *_flags("nodropbase", drawn=False))
RECAST = (_option("recast", "recast"),)
COLOR = (_option("color", "col"), _option("pstyle", "psty"))

POINT_OPTIONS = (*MARKERS, *LINES, *COLOR, *SORTING, *AXIS_CHOICE, *NAMES, *RECAST, *DIRECTION)
BAR_OPTIONS = (
    *FILLS,
    *_words("barwidth:barw", "number"),
    *BASE,
    *DIRECTION,
    *SORTING,
    *AXIS_CHOICE,
    *NAMES,
    *RECAST,
    *_words("mwidth", drawn=False, bare=True),
)
SPIKE_OPTIONS = (*LINES, *COLOR, *MARKERS, *BASE, *DIRECTION, *SORTING, *AXIS_CHOICE, *NAMES, *RECAST, *FILLS)
DOT_OPTIONS = (
    *SPIKE_OPTIONS,
    *_words("ndots:nd", "number", drawn=False),
    *_words("dsymbol:ds dcolor:dc dsize:dsiz dfcolor dlcolor dlwidth dotextend", drawn=False, bare=True),
)
RANGE_OPTIONS = (*BAR_OPTIONS, *LINES, *MARKERS, *_words("msize:msiz", drawn=True))
FIT_OPTIONS = (
    *LINES,
    *COLOR,
    *AXIS_CHOICE,
    *NAMES,
    *RECAST,
    *MARKERS,
    *FILLS,
    _option("range", "r", "ticks"),
    *_words("n", "number"),
    *_words("atobs estopts predopts regopts", drawn=False, bare=True),
)
INTERVAL_OPTIONS = (
    *FIT_OPTIONS,
    *_words("level:l", "number"),
    *_flags("stdp stdf fit"),
    *_words("ciplot alwidth:alw alcolor:alc acolor:ac afcolor"),
    *_words("fitplot blstyle alpattern", drawn=False),
)
_POWERS = _option("estopts", "estopts", "options", _words("degree:deg", "number"))
FRACTIONAL_OPTIONS = tuple(_POWERS if option.name == "estopts" else option for option in FIT_OPTIONS)
FRACTIONAL_INTERVAL_OPTIONS = tuple(
    _POWERS if option.name == "estopts" else option for option in INTERVAL_OPTIONS
)
BAND_OPTIONS = (
    *_words("bands:b n", "number"),
    *LINES,
    *COLOR,
    *AXIS_CHOICE,
    *NAMES,
    *RECAST,
    *MARKERS,
    *FILLS,
)
_CONTOURS = (
    *_words("ccuts:ccut", "numbers"),
    *_words("levels:lev", "number"),
    *_words("interp crule scolor:scol ecolor:ecol format:form"),
    *_words("ccolors:ccol"),
    *_flags("minmax reversekey:rev"),
    _option("ztitle", "zti", "title", TEXT),
    *AXIS_CHOICE,
    *NAMES,
    *_words("zlabel:zlab zscale:zsc clegend:cleg zaxis", drawn=False, bare=True),
)
CONTOUR_OPTIONS = (*_CONTOURS, *_flags("heatmap", drawn=False))
CONTOUR_LINE_OPTIONS = (*_CONTOURS, *LINES, *_flags("colorlines"))
SMOOTH_OPTIONS = (
    *_words("bwidth:bw", "number"),
    *_flags("mean noweight logit adjust"),
    *FIT_OPTIONS,
)
KERNELS = (
    *_words("bwidth:bw n", "number"),
    *_words("kernel:k"),
    *_flags(
        "epanechnikov:epan epan2 biweight:bi cosine:cos gaussian:gau parzen:par rectangle:rec triangle:tri"
    ),
)
DENSITY_OPTIONS = (
    *KERNELS,
    *_flags("horizontal:hor vertical:vert"),
    *_words("boundary", drawn=False, bare=True),
    *_words("area", "number"),
    *FIT_OPTIONS,
)
LPOLY_OPTIONS = (*KERNELS, *_words("degree:deg pwidth", "number"), *INTERVAL_OPTIONS)
HISTOGRAM_OPTIONS = (
    *_words("bin width:w start barwidth:barw gap", "number"),
    *_flags("discrete:d density:den fraction:frac frequency:freq percent horizontal:hor vertical:vert"),
    *FILLS,
    *AXIS_CHOICE,
    *NAMES,
    *RECAST,
    *BASE,
)
CURVE_OPTIONS = (
    *LINES,
    *COLOR,
    *AXIS_CHOICE,
    *NAMES,
    *RECAST,
    *FILLS,
    *MARKERS,
    *DIRECTION,
    *BASE,
    _option("range", "r", "marked"),
    *_words("n", "number"),
    *_words("droplines", "numbers"),
)
PAIR_OPTIONS = (
    *LINES,
    *COLOR,
    *MARKERS,
    *AXIS_CHOICE,
    *NAMES,
    *_flags("vertical:ver horizontal:hor"),
    *SORTING,
    *_words("barbsize mangle headlabel:headl", drawn=False, bare=True),
)

# --- graph bar and its kin ------------------------------------------------------------------------------

_OVER_INSIDE = (
    *_words("relabel:rel"),
    _option("label", "lab", "options", LABELS),
    _option("axis", "ax", "options", SCALE, drawn=False),
    _option("sort", "so"),
    *_words("gap", "marked"),
    *_flags("descending:des missing:miss reverse:rev"),
    *_flags("total", drawn=False),
)
_SERIES_LOOK = (*FILLS, *MARKERS, *LINES)
GROUPED = (
    _option("over", "over", "varlist", _OVER_INSIDE),
    *_flags("asyvars ascategory:asc stack percentages:per exclude0 yalternate:yalt missing:miss cw"),
    *_flags("label:lab outsides:out yreverse:yrev xalternate:xalt"),
    *_flags("fill showyvars allcategories:allc", drawn=False),
    *_words("bargap:barg boxgap:boxg"),
    *_words("outergap:outerg", drawn=False),
    _option("bar", "bar", "number", _SERIES_LOOK),
    _option("box", "box", "number", _SERIES_LOOK),
    _option("marker", "m", "number", _SERIES_LOOK),
    _option("blabel", "blab", "marked", (*TEXT, *_words("format:f gap"))),
    _option("yvaroptions", "yvar", "options", _OVER_INSIDE, drawn=False),
    *_words("intensity:inten"),
    *_words(
        "lintensity:linten pcycle medtype:medt medline:medl medmarker:medm alsize:als capsize:caps"
        " linetype:linet lines ndots:nd dots rectangles linegap:lineg cwhiskers",
        drawn=False,
        bare=True,
    ),
)
PIE = (
    _option("over", "over", "varlist"),
    _option("pie", "pie", "marked", (*FILLS, *_words("explode", bare=True))),
    _option("plabel", "pl", "marked", (*TEXT, *_words("format:f gap"))),
    *_flags("sort descending:des missing:miss"),
    *_flags("cw clockwise"),
    *_words("angle0 intensity:inten"),
    _option("line", "line", "options", LINES),
    *_words("ptext pcycle", drawn=False, bare=True),
)
MATRIX = (
    *MARKERS,
    *COLOR,
    *_flags("half"),
    _option("diagonal", "diag", "marked", TEXT),
    _option("maxes", "maxes", "options", (*_axis("y"), *_axis("x"))),
)
COMBINE = (
    *HEADINGS,
    *_flags("colfirst:colf ycommon:ycom xcommon:xcom commonscheme:commons"),
    *_flags("altshrink", drawn=False),
    *_words("rows:r cols:c holes:hole", "numbers"),
    *_words("iscale:isc"),
    *_words("imargin:imar", bare=True, drawn=False),
    *SAVING,
    *LOOK,
    _option("legend", "leg", "options", LEGEND, drawn=False),
)
COMBINE_ONE_LEGEND = (*COMBINE, *_words("legendfrom"), *_words("position:pos ring", "numbers"))
