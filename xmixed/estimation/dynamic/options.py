"""The options of xtabond2, and what stands in those of its instruments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.errors import StataError
from xmixed.estimation.dynamic.instruments import BOTH, LEVEL, TRANSFORMED, LaggedStyle, StandardStyle
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.language.nodes import Command, Varlist
from xmixed.language.parser import parse_command
from xmixed.language.syntax import OptionSpec, Syntax

XTABOND2_SYNTAX = Syntax(
    "varlist_factor",
    condition=True,
    in_range=True,
    options=(
        OptionSpec(
            "gmmstyle",
            "gmm",
            "text",
            "instruments of each period: varlist [, laglimits(# #) collapse equation()]",
            repeatable=True,
        ),
        OptionSpec(
            "ivstyle", "iv", "text", "standard instruments: varlist [, equation() passthru]", repeatable=True
        ),
        OptionSpec("twostep", "two", help="two steps; with robust, Windmeijer's correction"),
        OptionSpec("robust", "r", help="robust standard errors"),
        OptionSpec("noconstant", "noc", help="no constant"),
        OptionSpec("small", "sm", help="t and F in place of z and chi2"),
        OptionSpec("noleveleq", "nol", help="difference GMM: no equation in levels"),
        OptionSpec("orthogonal", "or", help="forward orthogonal deviations in place of differences"),
        OptionSpec(
            "artests", "ar", "integer", "orders of autocorrelation tested; default 2", minimum_value=0
        ),
        OptionSpec(
            "h", "h", "integer", "the first step's weights: 1, 2 or 3", minimum_value=1, maximum_value=3
        ),
        OptionSpec("nodiffsargan", "nodiff", help="accepted: differences of Hansen tests are not shown"),
        OptionSpec("nomata", "nomata", help="accepted: there is one implementation"),
        OptionSpec("cluster", "cl", "varlist", "other clusters than panels", built=False),
        OptionSpec("arlevels", "arl", help="tests of autocorrelation in levels", built=False),
        OptionSpec("pca", "pca", help="principal components of instruments", built=False),
        OptionSpec("svmat", "svm", help="save the matrices", built=False),
        *TABLE_OPTIONS,
    ),
)
_EQUATION = OptionSpec(
    "equation",
    "eq",
    "choice",
    "for which equations the instruments are",
    (("both", "b"), ("diff", "d"), ("level", "l")),
)
_LAGGED = Syntax(
    "varlist_factor",
    options=(
        OptionSpec("laglimits", "lag", "text", "the first and the last lag"),
        OptionSpec("collapse", "c", help="one column for each lag"),
        _EQUATION,
        OptionSpec("passthru", "p", built=False),
        OptionSpec("orthogonal", "o", built=False),
        OptionSpec("split", "s", built=False),
    ),
)
_STANDARD = Syntax(
    "varlist_factor",
    options=(
        _EQUATION,
        OptionSpec("passthru", "p", help="variables as they are"),
        OptionSpec("mz", "m", help="missing values count zero", built=False),
    ),
)
_EQUATIONS = {"both": BOTH, "diff": TRANSFORMED, "level": LEVEL}


@dataclass(frozen=True, slots=True)
class Typed:
    """Instruments as typed: variables, and the style without their names."""

    variables: Varlist
    style: LaggedStyle | StandardStyle
    text: str


def _parsed(text: str, syntax: Syntax) -> Command:
    node = parse_command("instruments", syntax, f"instruments {text}", len("instruments"))
    assert isinstance(node, Command)
    if not node.argument:
        raise StataError(100, "varlist required")
    return node


def read_lagged(texts: Sequence[str]) -> list[Typed]:
    """Return what stands in `gmmstyle()`; r(198)."""
    found = []
    for text in texts:
        node = _parsed(text, _LAGGED)
        first, last = _limits(str(node.option("laglimits", "1 .")))
        equation = _EQUATIONS[str(node.option("equation", "both"))]
        style = LaggedStyle((), first, last, bool(node.option("collapse")), equation)
        found.append(Typed(node.argument, style, node.argument_text.strip()))
    return found


def _limits(text: str) -> tuple[int, int | None]:
    words = text.replace(",", " ").split()
    try:
        first, last = (None if word == "." else int(word) for word in words)
    except ValueError:
        raise StataError(198, "option laglimits() incorrectly specified") from None
    first = 1 if first is None else first
    if first < 0 or (last is not None and last < first):
        raise StataError(
            198, "option laglimits() incorrectly specified", hint="lags of zero or more, in order"
        )
    return first, last


def read_standard(texts: Sequence[str]) -> list[Typed]:
    """Return what stands in `ivstyle()`; r(198)."""
    found = []
    for text in texts:
        node = _parsed(text, _STANDARD)
        equation = _EQUATIONS[str(node.option("equation", "both"))]
        style = StandardStyle((), equation, bool(node.option("passthru")))
        found.append(Typed(node.argument, style, node.argument_text.strip()))
    return found
