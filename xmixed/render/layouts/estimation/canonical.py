"""What `canon` prints."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule
from xmixed.statistics.canonical import ApproximateF
from xmixed.statistics.distributions import f_tail

_NAME = 16
_CELL = 10


def render_coefficients_of_set(title: str, names: Sequence[str], values: np.ndarray) -> list[Line]:
    """Return coefficients of a set of variables, a column for each canonical variate."""
    width = _CELL * values.shape[1] + 1
    head = "".join(f"{place + 1:>{_CELL}}" for place in range(values.shape[1]))
    lines = [line(), line(title), line(), line(f"    {'':{_NAME - 4}} |{head}")]
    lines.append(line(f"    {rule(_NAME - 3)}+{rule(width)}"))
    for name, row in zip(names, values, strict=True):
        cells = "".join(format_value(float(value), "%9.4f").strip().rjust(_CELL) for value in row)
        lines.append(line(f"    {abbreviate_name(name, 12):>{_NAME - 4}} |", result(cells)))
    return [*lines, line(f"    {rule(_NAME - 3 + 1 + width)}")]


def render_correlations(values: np.ndarray) -> list[Line]:
    """Return the canonical correlations, eight a line."""
    texts = [format_value(float(value), "%7.4f").strip().rjust(8) for value in values]
    rows = ["".join(texts[start : start + 8]) for start in range(0, len(texts), 8)]
    return [line(), line(rule(78)), line("Canonical correlations:"), *(line(result(row)) for row in rows)]


def render_tests(title: str, tests: Sequence[ApproximateF]) -> list[Line]:
    """Return statistics with the F they are compared with: e exact, a approximate, u an upper bound."""
    lines = [line(), line(rule(78)), line(title), line()]
    lines.append(line(f"{'':25}{'Statistic':>10}{'df1':>9}{'df2':>9}{'F':>13}{'Prob>F':>11}"))
    for test in tests:
        mark = "e" if test.exact else "u" if test.name.startswith("Roy") else "a"
        cells = format_value(test.statistic, "%9.0g").strip().rjust(10)
        cells += "".join(
            format_value(value, "%8.0g").strip().rjust(9) for value in (test.df, test.df_residual)
        )
        cells += format_value(test.f, "%12.4f").strip().rjust(13)
        cells += format_value(f_tail(test.f, test.df, test.df_residual), "%6.4f").strip().rjust(11)
        lines.append(line(f"{test.name:>24} ", result(cells), f" {mark}"))
    lines.append(line(rule(78)))
    meaning = "e = exact, a = approximate, u = upper bound on F"
    return [*lines, line(meaning.rjust(78))]
