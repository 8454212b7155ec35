"""What a graph command is made of: its kinds of plots, and its options with options inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
    "plots",  # tuple of PlotNode: the plots of `addplot()`
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
    """

    content: Content = "marked"
    inside: tuple[OptionSpec, ...] = ()
    drawn: bool = True
    bare: bool = False


@dataclass(frozen=True, slots=True)
class PlotSyntax:
    """A kind of plot: its name, shortest abbreviation, the shape of what follows, its own options.

    Attributes
    ----------
    syntax : Syntax
        Argument, qualifiers; the kinds `immediate`, `curve`, `bars` and `marked` are for graphs alone.
    options : tuple of GraphOptionSpec
    """

    name: str
    minimum: str
    syntax: Syntax
    options: tuple[GraphOptionSpec, ...] = ()
