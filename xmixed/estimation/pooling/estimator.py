"""Pooled results as generic commands see them: the command's own tables under the header of `mi estimate`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.estimation.coefficients import degrees_of_freedom
from xmixed.estimation.delta import wald_figures
from xmixed.estimation.display_options import DisplayOptions, display_options
from xmixed.estimation.fitted import FittedTerms, TableExtras, coefficient_table
from xmixed.estimation.pooling.results import command_estimates
from xmixed.estimation.posted import posted_equations
from xmixed.estimation.resampling.options import EFORM, exponential_heading
from xmixed.estimation.results import Option, Statistic, Tabular, own_estimator
from xmixed.estimation.rows import labelled_row
from xmixed.estimation.table_options import TABLE_OPTIONS
from xmixed.expressions.factors.terms import Term
from xmixed.formats import format_value
from xmixed.language.syntax import OptionSpec
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.coefficient_table import (
    CoefficientRow,
    Equation,
    render_coefficients,
)
from xmixed.render.layouts.estimation.mixed_header import GroupSummary
from xmixed.render.layouts.imputation.pooled import (
    GROUPED,
    NARROW,
    WIDE,
    InformationEquation,
    InformationRow,
    PooledHeader,
    VarianceFigures,
    degrees_cells,
    render_degrees,
    render_pooled_header,
    render_transformations,
    render_variances,
    variance_cells,
)
from xmixed.session.results import Estimates
from xmixed.session.settings import Settings

MEANS = ("mean", "proportion", "ratio", "total")
POOLED_TABLES = (
    OptionSpec("vartable", "vart", help="show a table of variances"),
    OptionSpec("dftable", "dft", help="show degrees of freedom in place of confidence limits"),
    OptionSpec("nocitable", "nocit", help="no table of coefficients"),
    OptionSpec("notrcoef", "notrcoef", help="no coefficients where there are transformations"),
    OptionSpec("nogroup", "nogr", help="no summary of the groups"),
    OptionSpec("nolegend", "noleg", help="no legend of transformations or subpopulations"),
    OptionSpec("variance", "var", help="mixed models: show variances and covariances"),
    OptionSpec("stddeviations", "stddev", help="mixed models: show standard deviations and correlations"),
    OptionSpec("estmetric", "estm", help="mixed models: show parameters in the estimation metric"),
    OptionSpec("norettable", "noret", help="mixed models: suppress the random-effects table"),
    OptionSpec("noretable", "noreta", help="norettable, as later editions spell it"),
    OptionSpec("nofetable", "nofet", help="mixed models: suppress the fixed-effects table"),
    *EFORM,
)
"""What is shown of pooled estimates, besides the options of all tables."""


class PooledResults:
    """See `results.Estimator`."""

    options: tuple[OptionSpec, ...] = (*TABLE_OPTIONS, *POOLED_TABLES)

    def __init__(self, statistics: tuple[Statistic, ...] = ()) -> None:
        self.statistics = statistics

    def replay(self, estimates: Estimates, option: Option, settings: Settings) -> list[Line]:
        level = estimates.scalars.get("cilevel_mi", settings.level)
        chosen = lambda name, default=None: option(name, level if name == "level" else default)  # noqa: E731
        own = command_estimates(estimates)
        lines: list[Line] = []
        if not option("notrcoef") or "expnames_mi" not in estimates.macros:
            if not option("noheader"):
                lines += [line(), *_header(estimates, not option("nogroup"))]
            lines += _tables(own, chosen, settings)
        if "expnames_mi" in estimates.macros:
            lines += _transformations(estimates, chosen, settings)
        return [*lines, *_warnings(estimates)]

    def terms(self, estimates: Estimates) -> tuple[Term | None, ...]:
        own = own_estimator(command_estimates(estimates))
        return own.terms(command_estimates(estimates)) if own is not None else ()


def pooled_estimator(estimates: Estimates) -> PooledResults:
    """Return the estimator of pooled results; those that were posted have the command's predictions."""
    own = own_estimator(estimates) if "b" in estimates.matrices else None
    return PooledResults(() if own is None else own.statistics)


def _warnings(estimates: Estimates) -> list[Line]:
    lines: list[Line] = []
    e = estimates.scalars
    if e.get("esampvary_mi"):
        sizes = f"Sample sizes vary between {e['N_min_mi']:.0f} and {e['N_max_mi']:.0f}."
        lines += [
            line("Warning: estimation sample varies across imputations; results may be biased. "),
            line(f"         {sizes}"),
        ]
    if e.get("boundary_mi"):
        text = f"in {e['boundary_mi']:.0f} of {e['M_mi']:.0f} imputations"
        lines.append(line(f"Note: a variance component is on the boundary {text};"))
        lines.append(line("      what is pooled of it says little."))
    return lines


# --- header ---------------------------------------------------------------------------------------------


def _header(estimates: Estimates, with_groups: bool) -> list[Line]:
    e, macros = estimates.scalars, estimates.macros
    groups = _groups(estimates) if with_groups else ()
    test = None
    if "F_mi" in e:
        test = (macros["modeltest_mi"], e["df_m_mi"], e["df_r_mi"], e["F_mi"], e["p_mi"])
    levels = _levels(estimates) if with_groups else ()
    frame = NARROW if macros["cmd_mi"] in MEANS else GROUPED if groups or levels else WIDE
    header = PooledHeader(
        macros["title_mi"],
        macros.get("title", ""),
        e["M_mi"],
        e["N_mi"],
        _group_variable(estimates) if groups else "",
        groups,
        e["rvi_avg_mi"],
        e["fmi_max_mi"],
        e.get("df_c_mi"),
        macros["dfadjust_mi"],
        (e["df_min_mi"], e["df_avg_mi"], e["df_max_mi"]),
        test,
        macros.get("wvce_mi", ""),
        frame,
        levels,
    )
    return render_pooled_header(header)


def _levels(estimates: Estimates) -> tuple[GroupSummary, ...]:
    """Return the groupings of a mixed model that has several."""
    from xmixed.estimation.mixed.model import MixedResult

    if not isinstance(estimates.payload, MixedResult):
        return ()
    levels = estimates.payload.description.levels
    found = [
        GroupSummary(level.name, level.n_groups, level.smallest, level.average, level.largest)
        for level in levels
    ]
    return tuple(found) if len(found) > 1 else ()


def _group_variable(estimates: Estimates) -> str:
    names = list(dict.fromkeys(estimates.macros.get("ivars", estimates.macros.get("ivar", "")).split()))
    return names[0] if len(names) == 1 else ""


def _groups(estimates: Estimates) -> tuple[tuple[str, str], ...]:
    """Return the number of groups and their sizes where there is one grouping."""
    found = [_one(estimates, name) for name in ("N_g", "g_min", "g_avg", "g_max")]
    if any(value is None for value in found):
        return ()
    count, smallest, average, largest = (value or 0.0 for value in found)
    return (
        ("Number of groups", f"{count:.0f}"),
        ("Obs per group: min", f"{smallest:.0f}"),
        ("               avg", format_value(average, "%9.1f")),
        ("               max", f"{largest:.0f}"),
    )


def _one(estimates: Estimates, name: str) -> float | None:
    matrix = estimates.matrices.get(name)
    if matrix is not None:
        return float(matrix.values[0, 0]) if matrix.values.shape == (1, 1) else None
    return estimates.scalars.get(name)


# --- tables ---------------------------------------------------------------------------------------------


def _tables(own: Estimates, option: Option, settings: Settings) -> list[Line]:
    """Return the tables of the coefficients, each after a blank line."""
    lines: list[Line] = []
    style = display_options(option, settings, False).style
    if option("vartable"):
        cells = _variance_rows(own, "")
        lines += [line(), *render_variances(_information(own, cells), style)]
    if option("nocitable") or option("notable"):
        return lines
    if option("dftable"):
        heading = exponential_heading(option)
        cells = _degrees_rows(own, "", option, settings)
        depvar = own.macros.get("depvar", "") if len(_equation_names(own)) == 1 else ""
        return [*lines, line(), *render_degrees(depvar, _information(own, cells), style, heading or "Coef.")]
    return [*lines, *_coefficients(own, option, settings)]


def _coefficients(own: Estimates, option: Option, settings: Settings) -> list[Line]:
    from xmixed.estimation.mixed.model import MixedResult

    options = display_options(option, settings, own.macros["cmd"] == "mixed")
    if isinstance(own.payload, MixedResult):
        from xmixed.estimation.mixed.display import display

        shown = replace(options, header=False, comparison=False)
        return display(own, shown)
    estimator = own_estimator(own)
    if isinstance(estimator, Tabular):
        # Stata: logistic shows coefficients under this prefix, unless `or` asks for odds ratios.
        coefficients = lambda name, default=None: option(name, default) if name != "coef" else True  # noqa: E731
        return [line(), *estimator.table(own, coefficients, settings)]
    if isinstance(own.payload, FittedTerms):
        return [
            line(),
            *coefficient_table(own, own.payload, options, TableExtras(exponential_heading(option))),
        ]
    style = replace(options.style, statistic="t")
    return [
        line(),
        *render_coefficients(own.macros.get("depvar", ""), posted_equations(own, style.level), style),
    ]


def _equation_names(own: Estimates) -> list[str]:
    names = own.matrices["b"].column_names
    return list(dict.fromkeys(name.rpartition(":")[0] for name in names))


def _labels(own: Estimates) -> list[CoefficientRow]:
    """Return the label of every coefficient."""
    names = own.matrices["b"].column_names
    estimator = own_estimator(own)
    terms: Sequence[Term | None] = estimator.terms(own) if estimator is not None else [None] * len(names)
    rows = []
    for term, name in zip(terms, names, strict=True):
        row = labelled_row(term, name.rpartition(":")[2])
        status = "" if term is None else term.status
        rows.append(replace(row, note=f"({status})" if status else ""))
    return rows


def _information(own: Estimates, cells: Sequence[str | None]) -> list[InformationEquation]:
    """Return labels with cells by equation; base levels are left out."""
    names, labels = own.matrices["b"].column_names, _labels(own)
    several = len(_equation_names(own)) > 1
    found: dict[str, list[InformationRow]] = {}
    for name, row, text in zip(names, labels, cells, strict=True):
        if row.note != "(base)":
            found.setdefault(name.rpartition(":")[0], []).append(InformationRow(row, text))
    return [InformationEquation(tuple(rows), name if several else "") for name, rows in found.items()]


def _variance_rows(e: Estimates, suffix: str) -> list[str | None]:
    squares = [np.diag(e.matrices[f"{name}{suffix}_mi"].values) for name in "WBV"]
    vectors = [e.matrices[f"{name}{suffix}_mi"].values[0] for name in ("rvi", "fmi", "re")]
    rows = zip(*squares, *vectors, strict=True)
    return [variance_cells(VarianceFigures(*map(float, row))) if row[2] > 0 else None for row in rows]


def _degrees_rows(e: Estimates, suffix: str, option: Option, settings: Settings) -> list[str | None]:
    from xmixed.estimation.delta import exponentiated

    options = display_options(option, settings, False)
    b, V = e.matrices[f"b{suffix}_mi"].values[0], np.diag(e.matrices[f"V{suffix}_mi"].values)
    df, increase = e.matrices[f"df{suffix}_mi"].values[0], e.matrices[f"pise{suffix}_mi"].values[0]
    heading = exponential_heading(option)
    rows: list[str | None] = []
    for place in range(len(b)):
        if not V[place] > 0:
            rows.append(None)
            continue
        own = float(df[place])
        level = options.style.level
        figures = wald_figures(float(b[place]), float(V[place]), level, own if own < MISSING else None)
        figures = exponentiated(figures) if heading and not suffix else figures
        four = (figures.estimate, figures.standard_error, figures.statistic, figures.p_value)
        rows.append(degrees_cells(four, own, float(increase[place]), options.style))
    return rows


# --- transformations ------------------------------------------------------------------------------------


def _transformations(e: Estimates, option: Option, settings: Settings) -> list[Line]:
    """Return header, legend and tables of functions of the coefficients."""
    scalars, names = e.scalars, e.macros["expnames_mi"].split()
    lines: list[Line] = []
    if not option("noheader"):
        degrees = (scalars["df_min_Q_mi"], scalars["df_avg_Q_mi"], scalars["df_max_Q_mi"])
        header = PooledHeader(
            "Transformations",
            "",
            scalars["M_mi"] if option("notrcoef") else None,
            scalars["N_mi"] if option("notrcoef") else None,
            "",
            (),
            scalars["rvi_avg_Q_mi"],
            scalars["fmi_max_Q_mi"],
            scalars.get("df_c_mi"),
            e.macros["dfadjust_mi"],
            degrees,
            None,
            e.macros.get("wvce_mi", ""),
        )
        lines += [line(), *render_pooled_header(header)]
    if not option("nolegend"):
        items = [(name, e.macros[f"exp{place}_mi"]) for place, name in enumerate(names, 1)]
        lines += render_transformations(items)
    options: DisplayOptions = display_options(option, settings, False)
    labels = [replace(labelled_row(None, name), legend=f"_b[{name}]") for name in names]

    def rows(cells: Sequence[str | None]) -> list[InformationEquation]:
        items = zip(labels, cells, strict=True)
        return [InformationEquation(tuple(InformationRow(label, text) for label, text in items))]

    depvar = e.macros.get("depvar", "")
    if option("vartable"):
        lines += [line(), *render_variances(rows(_variance_rows(e, "_Q")), options.style)]
    if option("nocitable") or option("notable"):
        return lines
    if option("dftable"):
        plain = rows(_degrees_rows(e, "_Q", option, settings))
        return [*lines, line(), *render_degrees(depvar, plain, options.style)]
    matrices = {"b": e.matrices["b_Q_mi"], "V": e.matrices["V_Q_mi"], "df_mi": e.matrices["df_Q_mi"]}
    found = Estimates({}, {}, matrices)
    df = degrees_of_freedom(found)
    assert df is not None
    b, V = found.matrices["b"].values[0], np.diag(found.matrices["V"].values)
    figured = tuple(
        replace(label, figures=wald_figures(float(b[i]), float(V[i]), options.style.level, float(df[i])))
        for i, label in enumerate(labels)
    )
    table = render_coefficients(depvar, [Equation(figured)], replace(options.style, statistic="t"))
    return [*lines, line(), *table]
