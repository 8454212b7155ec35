"""graph save, use, export, display, dir, drop, rename, copy, describe, combine: graphs in memory."""

from __future__ import annotations

import math
import os
from dataclasses import replace

from xmixed.commands.graphics.show import finish, name_of, show, with_ending, write_graph_file
from xmixed.commands.registry import command, subcommand
from xmixed.data.files.atomic_file import replace_file
from xmixed.errors import StataError
from xmixed.graphics.export import Picture, picture_kind, write_picture
from xmixed.graphics.model import Axis, Graph, Legend, Panels
from xmixed.graphics.options import tables
from xmixed.graphics.options.headings import titles_of
from xmixed.graphics.options.notes import Notes
from xmixed.graphics.options.regions import region_of, scheme_from, with_sizes
from xmixed.graphics.schemes import SCHEMES
from xmixed.language.graph_syntax import GraphSyntax, PlotSyntax
from xmixed.language.nodes import Command
from xmixed.language.nodes.graphs import GraphCommand
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.results import Results
from xmixed.session.state import SessionState

REPLACE = OptionSpec("replace", "replace", help="overwrite the file")
NAME = OptionSpec("name", "n", "words", help="the graph in memory")


def _graph(session: SessionState, name: str = "") -> Graph:
    """Return a graph in memory, the current one by default; r(111) without it."""
    memory = session.graphs
    wanted = name or memory.current
    if not wanted:
        raise StataError(111, "no graphs in memory; a graph command makes one")
    if wanted not in memory.graphs:
        raise StataError(111, f"graph {wanted} not found")
    return memory.graphs[wanted]


def _named(node: Command) -> str:
    words = node.option("name", ())
    return words[0].rstrip(",") if words else ""


@command(
    "graph",
    syntax=Syntax("words"),
    synopsis="graph {twoway|bar|hbar|dot|box|hbox|pie|matrix|combine|export|save|use|display|dir|drop"
    "|rename|describe} ...",
    keeps_r=True,
)
def graph(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(198, "invalid syntax", hint="graph twoway, graph bar, graph export, ...")
    raise StataError(198, f"invalid graph subcommand: {node.argument[0]}")


# --- files ------------------------------------------------------------------------------------------------


@subcommand(
    "graph",
    "export",
    syntax=Syntax(
        "filename",
        options=(
            REPLACE,
            NAME,
            OptionSpec("as", "as", "text", help="png, svg, pdf, eps, ps, tif, jpg"),
            OptionSpec("width", "w", "text", help="pixels of a png, tif or jpg"),
            OptionSpec("height", "h", "text", help="pixels of a png, tif or jpg"),
            OptionSpec("quality", "quality", "text", help="accepted without effect"),
            OptionSpec("fontface", "fontface", "text", help="accepted without effect"),
            OptionSpec("orientation", "orient", "text", help="accepted without effect"),
            OptionSpec("logo", "logo", "negatable", help="accepted without effect"),
            OptionSpec("preview", "preview", "text", help="accepted without effect"),
            OptionSpec("mag", "mag", "text", help="accepted without effect"),
        ),
    ),
    synopsis="graph export filename.png [, replace name(name) as(format) width(#) height(#)]",
    keeps_r=True,
)
def export(session: SessionState, node: Command) -> None:
    name = node.argument
    if not name:
        raise StataError(198, "invalid file specification")
    kind = picture_kind(name, node.option("as", ""))
    picture = Picture(kind, _pixels(node, "width"), _pixels(node, "height"))
    found = _graph(session, _named(node))
    path = name if os.path.splitext(name)[1] else f"{name}.{kind}"
    for option in ("quality", "fontface", "orientation", "logo", "preview", "mag"):
        if option in node.options:
            session.out.write(f"(note:  without effect here: {option})")
    with replace_file(path, bool(node.option("replace"))) as stream:
        write_picture(stream, found, picture)
    session.out.write(f"(file {path} written in {kind.upper()} format)")


def _pixels(node: Command, name: str) -> int | None:
    text = node.option(name, "")
    if not text:
        return None
    number = text.lower().removesuffix("px").removesuffix("in").strip()
    inches = text.lower().endswith("in")
    try:
        value = float(number) * (96 if inches else 1)
    except ValueError:
        raise StataError(198, f"option {name}() incorrectly specified", node.options[name].span) from None
    if not math.isfinite(value) or not 1 <= value <= 1e6:
        raise StataError(198, f"option {name}() incorrectly specified", node.options[name].span)
    return round(value)


@subcommand(
    "graph",
    "save",
    syntax=Syntax("words", options=(REPLACE, OptionSpec("asis", "asis", help="as it is"))),
    synopsis="graph save [graphname] filename [, replace asis]",
    keeps_r=True,
)
def save(session: SessionState, node: Command) -> None:
    words = node.argument
    if len(words) not in (1, 2):
        raise StataError(198, "invalid file specification")
    found = _graph(session, words[0] if len(words) == 2 else "")
    write_graph_file(session, found, words[-1], bool(node.option("replace")))


@subcommand(
    "graph",
    "use",
    syntax=Syntax(
        "filename",
        options=(
            NAME,
            OptionSpec("nodraw", "nodraw", help="do not show it"),
            OptionSpec("scheme", "sch", "text", help="in another scheme"),
        ),
    ),
    synopsis="graph use filename [, name(name) nodraw scheme(name)]",
    keeps_r=True,
)
def use(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(198, "invalid file specification")
    found = read_graph_file(node.argument)
    words = node.option("name", ())
    name = words[0].rstrip(",") if words else os.path.splitext(os.path.basename(node.argument))[0]
    name = name if name.isidentifier() and len(name) <= 32 else "Graph"
    if words and name in session.graphs.graphs and "replace" not in words:
        raise StataError(110, f"graph {name} already exists")
    found = _in_scheme(replace(found, name=name), node.option("scheme", ""))
    if not node.option("nodraw"):
        show(session, found)
    session.graphs.keep(name, found)


def read_graph_file(name: str) -> Graph:
    """Return the graph of a file; r(601) without it, r(610) for something else."""
    from xmixed.graphics.files import read_graph

    path = os.path.expanduser(with_ending(name))
    try:
        with open(path, "rb") as stream:
            return read_graph(stream, with_ending(name))
    except (OSError, ValueError):
        raise StataError(601, f"file {with_ending(name)} not found") from None


def _in_scheme(found: Graph, scheme: str) -> Graph:
    """Return a graph, and its panels, in another scheme."""
    if not scheme:
        return found
    if scheme not in SCHEMES:
        raise StataError(198, f"scheme {scheme} not found")
    panels = found.panels
    if panels is not None:
        panels = replace(panels, graphs=tuple(_in_scheme(child, scheme) for child in panels.graphs))
    return replace(found, scheme=scheme, panels=panels)


# --- memory -----------------------------------------------------------------------------------------------


@subcommand(
    "graph",
    "display",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("scheme", "sch", "text", help="in another scheme"),
            OptionSpec("xsize", "xsiz", "number", help="inches", minimum_value=0.5, maximum_value=100),
            OptionSpec("ysize", "ysiz", "number", help="inches", minimum_value=0.5, maximum_value=100),
            OptionSpec("scale", "scale", "text", help="size of texts and symbols"),
            OptionSpec("margins", "m", "text", help="accepted without effect"),
        ),
    ),
    synopsis="graph display [name] [, xsize(#) ysize(#) scheme(name) scale(#)]",
    keeps_r=True,
)
def display(session: SessionState, node: Command) -> None:
    name = node.argument[0] if node.argument else ""
    found = _in_scheme(_graph(session, name), node.option("scheme", ""))
    scale = node.option("scale", "").lstrip("*")
    try:
        factor = float(scale) if scale else found.scale
    except ValueError:
        raise StataError(198, "option scale() incorrectly specified") from None
    found = replace(
        found,
        width=node.option("xsize", found.width),
        height=node.option("ysize", found.height),
        scale=min(5.0, max(0.1, factor)),
    )
    show(session, found)
    session.graphs.keep(found.name, found)


@subcommand(
    "graph",
    "dir",
    syntax=Syntax("words", options=(OptionSpec("memory", "mem"), OptionSpec("gph", "gph"))),
    synopsis="graph dir",
)
def graph_dir(session: SessionState, node: Command) -> None:
    names = list(session.graphs.graphs)
    files = (
        sorted(name for name in os.listdir(".") if name.endswith(".gph")) if not node.option("memory") else []
    )
    shown = names + files if not node.option("gph") else files
    for start in range(0, len(shown), 4):
        session.out.write("  " + "".join(f"{name:<18}" for name in shown[start : start + 4]).rstrip())
    session.r = Results(macros={"list": " ".join(shown)})


@subcommand(
    "graph", "drop", syntax=Syntax("words"), synopsis="graph drop {name [name ...] | _all}", keeps_r=True
)
def drop(session: SessionState, node: Command) -> None:
    memory = session.graphs
    if not node.argument:
        raise StataError(198, "invalid syntax")
    if "_all" in node.argument:
        memory.graphs.clear()
        memory.current = ""
        return
    for name in node.argument:
        _graph(session, name)
    for name in dict.fromkeys(node.argument):
        memory.drop(name)


@subcommand("graph", "close", syntax=Syntax("words"), synopsis="graph close [name ... | _all]", keeps_r=True)
def close(session: SessionState, node: Command) -> None:
    """Windows are processes of their own, which their user closes."""


@subcommand(
    "graph",
    "rename",
    syntax=Syntax("words", options=(REPLACE,)),
    synopsis="graph rename [oldname] newname [, replace]",
    keeps_r=True,
)
def rename(session: SessionState, node: Command) -> None:
    old, new = _old_and_new(session, node)
    if old.name != new:
        session.graphs.drop(old.name)
    session.graphs.keep(new, replace(old, name=new))


@subcommand(
    "graph",
    "copy",
    syntax=Syntax("words", options=(REPLACE,)),
    synopsis="graph copy [oldname] newname [, replace]",
    keeps_r=True,
)
def copy(session: SessionState, node: Command) -> None:
    old, new = _old_and_new(session, node)
    session.graphs.keep(new, replace(old, name=new))


def _old_and_new(session: SessionState, node: Command) -> tuple[Graph, str]:
    words = node.argument
    if len(words) not in (1, 2):
        raise StataError(198, "invalid syntax")
    found, new = _graph(session, words[0] if len(words) == 2 else ""), words[-1]
    if not new.isidentifier() or len(new) > 32:
        raise StataError(198, f"{new} invalid name")
    if new in session.graphs.graphs and not node.option("replace"):
        raise StataError(110, f"graph {new} already exists")
    return found, new


@subcommand("graph", "describe", syntax=Syntax("words"), synopsis="graph describe [name | filename.gph]")
def describe(session: SessionState, node: Command) -> None:
    word = node.argument[0] if node.argument else ""
    found = read_graph_file(word) if word.endswith(".gph") else _graph(session, word)
    plots = sum(len(child.plots) for child in found.panels.graphs) if found.panels else len(found.plots)
    session.out.write(
        f"{found.name} {'stored on disk' if word.endswith('.gph') else 'in memory'}",
        "",
        f"     command:  {found.command}",
        f"      scheme:  {found.scheme}",
        f"       plots:  {plots}",
    )
    session.r = Results(macros={"fn": word, "command": found.command, "scheme": found.scheme})


_SETTINGS = "window eps print png ps svg pdf tif gif"


@subcommand(
    "graph",
    "set",
    syntax=Syntax("words"),
    synopsis="graph set [window|eps|svg|...] setting value",
    keeps_r=True,
)
def graph_set(session: SessionState, node: Command) -> None:
    """Fonts and their like of single formats: known, but pictures have one font here."""
    words = node.argument
    if not words or words[0] not in _SETTINGS.split():
        raise StataError(198, "invalid syntax")
    session.out.write(f"(note:  without effect here: graph set {' '.join(words[:2])})")


_SCHEMES = OptionSpec("schemes", "sch", help="the schemes, which are listed anyway")


@subcommand(
    "graph",
    "query",
    syntax=Syntax("words", options=(_SCHEMES,)),
    synopsis="graph query [, schemes]",
    keeps_r=True,
)
def query(session: SessionState, node: Command) -> None:
    session.out.write(f"scheme in use: {session.settings.scheme}", "available: " + " ".join(sorted(SCHEMES)))


# --- combine ----------------------------------------------------------------------------------------------

_COMBINE = GraphSyntax(
    "graph", options=tables.COMBINE, plots=(PlotSyntax("combine", "combine", Syntax("marked"), ()),)
)


@subcommand(
    "graph",
    "combine",
    syntax=_COMBINE,
    synopsis="graph combine name [name ...] [, rows(#) cols(#) ycommon xcommon title() options]",
    keeps_r=True,
)
def combine(session: SessionState, node: GraphCommand) -> None:
    notes = Notes()
    combined, _ = _combined(session, node, notes)
    finish(session, combined, node, node.options, notes)


def _combined(session: SessionState, node: GraphCommand, notes: Notes) -> tuple[Graph, tuple[str, ...]]:
    """Return several graphs in one, and their names as typed."""
    words = node.plots[0].argument
    if not words:
        raise StataError(198, "no graph names specified")
    options = node.options
    scheme = scheme_from(options, session.settings.scheme, notes)
    graphs = [_graph_or_file(session, word.text) for word in words]
    if options.flag("ycommon"):
        graphs = with_common(graphs, "y")
    if options.flag("xcommon"):
        graphs = with_common(graphs, "x")
    if options.flag("commonscheme"):
        graphs = [_in_scheme(one, scheme.name) for one in graphs]
    holes = tuple(int(hole) for hole in options.value("holes", ()))
    rows, columns = _grid(node, len(graphs) + len(holes))
    scale = options.word("iscale").lstrip("*")
    combined = Graph(
        titles=titles_of(options, scheme, notes),
        panels=Panels(
            tuple(graphs),
            rows,
            columns,
            column_first=options.flag("colfirst"),
            holes=holes,
            scale=_scale(scale) if scale else None,
        ),
        scheme=scheme.name,
        region=region_of(options, scheme, notes),
    )
    name_of(session, options)
    return with_sizes(combined, options, notes), tuple(word.text for word in words)


@command(
    "grc1leg",
    syntax=GraphSyntax(
        "graph",
        options=tables.COMBINE_ONE_LEGEND,
        plots=(PlotSyntax("grc1leg", "grc1leg", Syntax("marked"), ()),),
    ),
    synopsis="grc1leg name [name ...] [, legendfrom(name) position(clock) ring(#) options of graph combine]",
    keeps_r=True,
)
def one_legend(session: SessionState, node: GraphCommand) -> None:
    """Several graphs in one with the legend of one of them."""
    notes = Notes()
    combined, names = _combined(session, node, notes)
    assert combined.panels is not None
    wanted = node.options.word("legendfrom") or names[0]
    if wanted not in names:
        raise StataError(198, f"legendfrom(): {wanted} is not among the graphs combined")
    source = combined.panels.graphs[names.index(wanted)]
    legend = source.legend
    for name in ("position", "ring"):
        if name in node.options:
            legend = replace(legend, **{name: int(node.options.value(name, (0,))[0])})
    bare = tuple(replace(graph, legend=Legend()) for graph in combined.panels.graphs)
    panels = replace(combined.panels, graphs=bare)
    finish(
        session,
        replace(combined, panels=panels, plots=source.plots, legend=legend),
        node,
        node.options,
        notes,
    )


def _scale(word: str) -> float:
    try:
        return min(3.0, max(0.1, float(word)))
    except ValueError:
        raise StataError(198, "option iscale() incorrectly specified") from None


def _graph_or_file(session: SessionState, word: str) -> Graph:
    """Return the graph of a name in memory, or of a file."""
    if word in session.graphs.graphs:
        return session.graphs.graphs[word]
    try:
        return read_graph_file(word)
    except StataError as error:
        if error.code == 601 and not word.endswith(".gph"):
            raise StataError(
                111, f"{word} is not a memory graph, and file {word}.gph was not found"
            ) from None
        raise


def _grid(node: GraphCommand, count: int) -> tuple[int, int]:
    rows, columns = (int(node.options.value(name, (0,))[0]) for name in ("rows", "cols"))
    if columns > 0:
        return max(rows, math.ceil(count / columns)), columns
    if rows > 0:
        return rows, math.ceil(count / rows)
    columns = math.ceil(math.sqrt(count))
    return math.ceil(count / columns), columns


def with_common(graphs: list[Graph], letter: str) -> list[Graph]:
    """Return graphs whose axes of a letter span what all of them show, with the labels of the widest."""
    axes = [getattr(one.axes, letter) for one in graphs if one.panels is None]
    if not axes:
        return graphs
    low, high = min(axis.minimum for axis in axes), max(axis.maximum for axis in axes)
    widest: Axis = max(axes, key=lambda axis: axis.maximum - axis.minimum)
    out = []
    for one in graphs:
        if one.panels is None:
            axis = replace(
                getattr(one.axes, letter), minimum=low, maximum=high, ticks=widest.ticks, minor=widest.minor
            )
            one = replace(one, axes=replace(one.axes, **{letter: axis}))
        out.append(one)
    return out
