"""r() after contrast and pwcompare."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.estimation.delta import figures_table
from xmixed.estimation.inference.marginal_cells import MarginalModel
from xmixed.output import Line
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.render.layouts.postestimation.wald_tests import WaldTest
from xmixed.session.results import Estimates, Matrix, Results


def comparison_results(
    command: str,
    command_line: str,
    model: MarginalModel,
    L: np.ndarray,
    names: list[str],
    figures: Sequence[Figures],
    level: float,
    tests: Sequence[tuple[str, Sequence[tuple[str, WaldTest]]]],
    method: str,
) -> Results:
    """Return the comparisons, their covariance and tests."""
    names = names or [f"r{number}" for number in range(1, len(L) + 1)]
    b, V = model.coefficients.b, model.coefficients.V
    scalars = {"level": level}
    if model.df is not None:
        scalars["df_r"] = model.df
    suffix = "_vs" if command == "pwcompare" else ""
    matrices = {
        f"b{suffix}": Matrix((L @ b)[None, :], ["r1"], names),
        f"V{suffix}": Matrix(L @ V @ L.T, list(names), list(names)),
        "L": Matrix(L, list(names), list(model.coefficients.names)),
    }
    if figures:
        matrices[f"table{suffix}"] = figures_table(figures, names, level, model.df)
    if tests:
        flat = [(f"{name} {label}".strip(), test) for name, own in tests for label, test in own]
        labels = [name for name, _ in flat]
        kind = "chi2" if model.df is None else "F"
        for key, values in (
            (kind, [test.statistic for _, test in flat]),
            ("p", [test.p_value for _, test in flat]),
            ("df", [float(test.df) for _, test in flat]),
        ):
            matrices[key] = Matrix(np.array([values]), ["r1"], list(labels))
        if model.df is not None:
            matrices["df2"] = Matrix(np.full((1, len(flat)), model.df), ["r1"], list(labels))
        scalars["k_terms"] = float(len(tests))
    macros = {"cmd": command, "cmdline": command_line, f"mcmethod{suffix}": method, "emptycells": "strict"}
    return Results(scalars, macros, matrices)


def posted_comparisons(old: Estimates, results: Results, lines: Sequence[Line]) -> Estimates:
    """Return comparisons as estimates, `post`: r() of the command that made them, and what it showed."""
    suffix = "_vs" if "b_vs" in results.matrices else ""
    b, V = results.matrices[f"b{suffix}"], results.matrices[f"V{suffix}"]
    names = list(b.column_names)
    scalars = {"N": old.scalars["N"]} if "N" in old.scalars else {}
    if "df_r" in results.scalars:
        scalars["df_r"] = results.scalars["df_r"]
    return Estimates(
        scalars,
        {**results.macros, "properties": "b V"},
        {
            "b": Matrix(b.values, ["y1"], names),
            "V": Matrix(V.values, list(names), list(names)),
        },
        mark=old.mark,
        payload=tuple(lines),
    )
