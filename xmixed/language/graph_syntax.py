"""What the syntax of graph commands is made of, beside that of other commands in `syntax.py`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from xmixed.language.syntax import OptionSpec, Syntax

Content = Literal[
    "",  # nothing but options
    "flag",  # without parentheses; `no` in front negates it
    "title",  # texts: tuple of str, one a line
    "marked",  # tuple of Marked
    "ticks",  # tuple of TickRule
    "numbers",  # tuple of float
    "number",  # float
    "varlist",  # Varlist
    "expression",  # Expression
    "file",  # str
    "options",  # options without a comma before them
    "plots",  # plots with their qualifiers and options: GraphCommand
]


@dataclass(frozen=True, slots=True)
class GraphOptionSpec(OptionSpec):
    """One option of a graph command.

    Attributes
    ----------
    content : Content
        What stands in the parentheses, before the comma if there is one.
    inside : tuple of GraphOptionSpec
        The options behind the comma, or inside of `options`.
    drawn : bool
        False: known to Stata, accepted without effect.
    bare : bool
        May also stand without parentheses.
    plots : tuple of PlotSyntax
        The kinds of plots that may stand inside of `plots`.
    """

    content: Content = "marked"
    inside: tuple[OptionSpec, ...] = ()
    drawn: bool = True
    bare: bool = False
    plots: tuple[PlotSyntax, ...] = ()


class PlotSyntax(NamedTuple):
    """A kind of plot: its name, shortest abbreviation, the shape of what follows, its own options.

    Attributes
    ----------
    syntax : Syntax
        Argument, qualifiers; the kinds `immediate`, `curve`, `bars` and `marked` are for graphs alone.
    options : tuple of GraphOptionSpec
    groups : bool
        Several may stand in parentheses without the name: `coefplot (m1, label(A)) (m2)`.
    """

    name: str
    minimum: str
    syntax: Syntax
    options: tuple[GraphOptionSpec, ...] = ()
    groups: bool = False


@dataclass(frozen=True, slots=True)
class GraphSyntax(Syntax):
    """The shape of a graph command: `options` are those of the graph.

    Attributes
    ----------
    plots : tuple of PlotSyntax
        The kinds of plots.
    """

    plots: tuple[PlotSyntax, ...] = ()
