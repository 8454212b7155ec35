"""median, robvar: medians and variances of groups compared."""

from __future__ import annotations

import numpy as np

from xmixed.commands.inference.two_samples import BY
from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.categories import Categories, categories_of
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.inference.spread import render_corrected, render_robust_variances
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.inference.spread import corrected_chi2, robust_variances

_TIES = ("below", "above", "drop")


def _groups(session: SessionState, node: Command) -> tuple[Variable, Variable, np.ndarray, Categories]:
    """Return the variable, the group variable, the values that count (n,) and their groups."""
    if not node.argument:
        raise StataError(100, "varlist required")
    variable = session.data[resolve_name(node.argument, session.data)]
    by = session.data[resolve_name(node.required("by"), session.data)]
    if variable.is_string:
        raise StataError(109, "type mismatch")
    x = variable.to_double()
    found = categories_of(by, selected_rows(session, node) & ~is_missing(x))
    if not found.used.any():
        raise StataError(2000, "no observations")
    if len(found.values) < 2:
        raise StataError(420, "1 group found, 2 required")
    return variable, by, x, found


def _instead(session: SessionState, data: Dataset, text: str) -> None:
    """Run a command on other data; those in memory come back."""
    own, session.data = session.data, data
    try:
        session.execute(text)
    finally:
        session.data = own


@command(
    "median",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            BY,
            OptionSpec("exact", "e", help="Fisher's exact test"),
            OptionSpec(
                "medianties",
                "m",
                "choice",
                "where values at the median count",
                choices=(*((name, name) for name in _TIES), ("split", "split")),
            ),
        ),
    ),
    synopsis="median varname [if] [in], by(varname) [exact medianties(below|above|drop)]",
    needs=("data",),
    by="each",
)
def median(session: SessionState, node: Command) -> None:
    _, by, x, found = _groups(session, node)
    ties = str(node.option("medianties", "below"))
    if ties == "split":
        raise StataError(198, "medianties(split) is not implemented in xmixed yet")
    rows = found.used
    middle = float(np.median(x[rows]))
    if ties == "drop":
        rows = rows & (x != middle)
    above = x[rows] >= middle if ties == "above" else x[rows] > middle
    labels = {**session.data.value_labels, "_above": {0: "no", 1: "yes"}}
    greater = Variable("_above", "byte", above.astype(np.int8), "%8.0g", "Greater than the median", "_above")
    group = session.data.rows(rows)[by.name]
    data = Dataset((greater, group), int(rows.sum()), value_labels=labels)
    session.out.write("", "Median test")
    exact = " exact" if node.option("exact") else ""
    _instead(session, data, f"tabulate _above {by.name}, chi2{exact}")
    tested = session.r.scalars
    counts = np.stack(
        [np.bincount(found.codes[rows][above == side], minlength=len(found.values)) for side in (False, True)]
    )
    scalars = {
        "N": float(rows.sum()),
        "chi2": tested["chi2"],
        "p": tested["p"],
        "groups": float(len(found.values)),
    }
    if "p_exact" in tested:
        scalars["p_exact"] = tested["p_exact"]
    if counts.shape[1] == 2:
        chi2, p = corrected_chi2(counts.astype(np.float64))
        session.out.write(*render_corrected(chi2, p))
        scalars |= {"chi2_cc": chi2, "p_cc": p}
    session.r = Results(scalars)


@command(
    "robvar",
    syntax=Syntax("varname", condition=True, in_range=True, options=(BY,)),
    synopsis="robvar varname [if] [in], by(varname)",
    needs=("data",),
    by="each",
)
def robvar(session: SessionState, node: Command) -> None:
    variable, by, x, found = _groups(session, node)
    data = session.data.rows(found.used)
    _instead(session, data, f"tabulate {by.name}, summarize({variable.name})")
    tests = robust_variances(x[found.used], found.codes[found.used], len(found.values))
    session.out.write(*render_robust_variances(tests))
    scalars = {"N": float(found.used.sum()), "df_1": tests[0].df, "df_2": tests[0].df_residual}
    for name, test in zip(("w0", "w50", "w10"), tests, strict=True):
        scalars |= {name: test.statistic, f"p_{name}": test.p}
    session.r = Results(scalars)
