"""Models side by side: which rows, columns and texts a published table has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.estimation.criteria import criteria_row
from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.estimation.publishing.design import (
    FIGURES,
    Design,
    Element,
    Star,
    Transform,
    Wanted,
    number_text,
)
from xmixed.expressions.varlist import matches_pattern
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.render.published.table import Block, Cell, PublishedTable, Row
from xmixed.session.results import Estimates, Matrix

MAIN = "main"
"""Equation of the covariates when models name it differently."""


@dataclass(frozen=True, slots=True)
class _Coefficient:
    """The figures of a coefficient, and what further row vectors of e() say of it."""

    figures: Figures
    more: dict[str, float]


@dataclass(frozen=True, slots=True)
class _Model:
    """The coefficients of one model by equation and name, in order."""

    estimates: Estimates
    equations: dict[str, dict[str, _Coefficient]]


def _element_text(figures: Figures, element: Element) -> str:
    if figures.standard_error == 0 or figures.standard_error >= MISSING:
        inner = number_text(figures.estimate, element.format) if element.name == "b" else "."
        if element.name == "ci":
            inner = _between(element).join("..")
    elif element.name == "ci":
        limits = (figures.lower, figures.upper)
        inner = _between(element).join(number_text(limit, element.format) for limit in limits)
    else:
        values = {
            "b": figures.estimate,
            "se": figures.standard_error,
            "t": figures.statistic,
            "p": figures.p_value,
        }
        inner = number_text(values[element.name], element.format)
    return element.enclosed(inner)


def _between(element: Element) -> str:
    """Return what stands between the limits of an interval."""
    return element.brackets[1] if len(element.brackets) == 3 else ","


def _stars(p_value: float, levels: Sequence[Star]) -> str:
    found = ""
    for star in levels:
        if p_value < star.level:
            found = star.symbol
    return found


# --- models and rows ----------------------------------------------------------------------------------


def _model(estimates: Estimates, design: Design) -> _Model:
    if design.margin and "Xmfx_type" in estimates.macros:
        estimates = _of_effects(estimates)
    b, V = estimates.matrices.get("b"), estimates.matrices.get("V")
    more = {
        element.name: estimates.matrices[element.name]
        for element in design.elements
        if element.name not in FIGURES and element.name in estimates.matrices
    }
    if b is None and more:  # results of estpost
        b = next(iter(more.values()))
        b, V = Matrix(np.full(b.values.shape, MISSING), b.row_names, b.column_names), None
    if b is None:
        raise StataError(301, "last estimates not found")
    values = {
        name: dict(zip(matrix.column_names, matrix.values[0].tolist(), strict=True))
        for name, matrix in more.items()
    }
    variances = np.full(len(b.column_names), MISSING) if V is None else np.diag(V.values)
    df = estimates.scalars.get("df_r")
    equations: dict[str, dict[str, _Coefficient]] = {}
    for place, full in enumerate(b.column_names):
        equation, _, name = full.rpartition(":")
        if design.no_constant and name == "_cons":
            continue
        if design.no_omitted and _flag(name, "o") or design.no_base and _flag(name, "b"):
            continue
        figures = wald_figures(float(b.values[0, place]), float(variances[place]), design.level, df)
        if V is None:
            figures = _posted(figures, estimates, place)
        for transform in design.transforms:
            if not transform.names or any(_matches(equation, name, word) for word in transform.names):
                figures = _transformed(figures, transform)
                break
        name = design.rename.get(full, design.rename.get(name, name))
        if design.exponentiate:
            figures = exponentiated(figures)
        own = {key: known[full] for key, known in values.items() if full in known}
        equations.setdefault(equation, {})[name] = _Coefficient(figures, own)
    return _Model(estimates, equations)


def _of_effects(estimates: Estimates) -> Estimates:
    """Return estimates with the effects of mfx for coefficients, each with a variance of its own."""
    kind, b = estimates.macros["Xmfx_type"], estimates.matrices["b"]
    effects = estimates.matrices[f"Xmfx_{kind}"]
    errors = estimates.matrices[f"Xmfx_se_{kind}"].values[0]
    equation = b.column_names[0].rpartition(":")[0]
    names = [f"{equation}:{name}" if equation else name for name in effects.column_names]
    own = {
        "b": Matrix(effects.values, b.row_names, names),
        "V": Matrix(np.diag(errors**2), names, names),
    }
    scalars = {name: value for name, value in estimates.scalars.items() if name != "df_r"}
    return replace(estimates, matrices=estimates.matrices | own, scalars=scalars)


def _posted(figures: Figures, estimates: Estimates, place: int) -> Figures:
    """Return figures with the error, statistic and p-value that results without a covariance hold."""
    names = {"standard_error": "se", "statistic": "t", "p_value": "p"}
    found = {
        field: float(estimates.matrices[name].values[0, place])
        for field, name in names.items()
        if name in estimates.matrices
    }
    return replace(figures, **found)


def _transformed(figures: Figures, transform: Transform) -> Figures:
    """Return figures on the scale of a function; errors by the delta method, tests as before."""
    if figures.standard_error >= MISSING:
        return replace(figures, estimate=transform.value(figures.estimate))
    lower, upper = sorted((transform.value(figures.lower), transform.value(figures.upper)))
    return replace(
        figures,
        estimate=transform.value(figures.estimate),
        standard_error=abs(transform.slope(figures.estimate)) * figures.standard_error,
        lower=lower,
        upper=upper,
    )


def _flag(name: str, letter: str) -> bool:
    """Return whether a name has an operator that ends in a letter: `1b.x` is a base level, `o.x` omitted."""
    operators = [part.partition(".")[0] for part in name.split("#") if "." in part]
    return any(operator.endswith(letter) for operator in operators)


def _equations(models: Sequence[_Model]) -> list[_Model]:
    """Return the models with one name for their first equations, when these differ."""
    firsts = {next(iter(model.equations), "") for model in models}
    if len(firsts) == 1:
        return list(models)
    single = all(len(model.equations) == 1 for model in models)
    name = "" if single else MAIN
    found = []
    for model in models:
        first = next(iter(model.equations), "")
        renamed = {name if key == first else key: values for key, values in model.equations.items()}
        found.append(_Model(model.estimates, renamed))
    return found


def _merged(lists: Sequence[Sequence[str]]) -> list[str]:
    """Return the names of all models, those of the first in order, later ones behind; `_cons` is last."""
    names = list(dict.fromkeys(name for names in lists for name in names))
    return [name for name in names if name != "_cons"] + [name for name in names if name == "_cons"]


def _matches(equation: str, name: str, pattern: str) -> bool:
    own, colon, rest = pattern.rpartition(":")
    if colon and own != equation and not matches_pattern(equation, own):
        return False
    return not rest or matches_pattern(name, rest)


def _chosen(equation: str, names: list[str], design: Design) -> list[str]:
    if design.keep:
        names = [name for name in names if any(_matches(equation, name, word) for word in design.keep)]
    if design.drop:
        names = [name for name in names if not any(_matches(equation, name, word) for word in design.drop)]
    hidden = [pattern for _, patterns in design.indicate for pattern in patterns]
    names = [name for name in names if not any(_matches(equation, name, word) for word in hidden)]
    first = [name for word in design.order for name in names if _matches(equation, name, word)]
    return list(dict.fromkeys([*first, *names]))


def coefficient_label(name: str, data: Dataset, between: str = " # ") -> str:
    """Return the label of a coefficient: the variable's, value labels of levels, `Constant`."""
    if name == "_cons":
        return "Constant"
    return between.join(_operand_label(part, data) for part in name.split("#"))


def _operand_label(part: str, data: Dataset) -> str:
    operator, dot, variable = part.rpartition(".")
    found = data[variable] if variable in data else None
    if found is None:
        return part
    level = operator.rstrip("bno")
    if not dot or not level.isdigit():
        return found.label or variable
    texts = data.value_labels.get(found.value_label)
    text = None if texts is None else texts.get(int(level))
    return str(text) if text is not None else f"{found.label or variable}={level}"


def published_table(
    models: Sequence[Estimates], names: Sequence[str], design: Design, data: Dataset
) -> PublishedTable:
    """Return the table of models.

    Parameters
    ----------
    names : sequence of str
        Under which the models are stored; their titles where nothing else names them.

    Raises
    ------
    StataError
        r(301) for results without coefficients; r(111) when `keep()` leaves nothing, or no model has a
        row vector that is asked for.
    """
    for element in design.elements:
        known = any(element.name in estimates.matrices for estimates in models)
        if element.name and element.name not in FIGURES and not known:
            raise StataError(111, f"coefficient {element.name} not found")
    found = _equations([_model(estimates, design) for estimates in models])
    titles = _titles(models, names, design, data)
    starts: tuple[int, ...] = ()
    heads: tuple[str, ...] = ()
    own, groups = design, design.groups
    if design.unstack:
        found, starts, heads = _unstacked(found, design, data)
        own = replace(design, keep=(), drop=())
        ends = [*starts[1:], len(found)]
        groups = tuple(replace(one, first=starts[one.first], last=ends[one.last] - 1) for one in groups)
    blocks = _blocks(found, own, data)
    if not any(block.rows for block in blocks):
        raise StataError(111, "no coefficients are left")
    return PublishedTable(
        models=len(found),
        per_model=design.across,
        numbers=design.numbers,
        groups=groups,
        heads=titles if design.model_titles else (),
        column_heads=design.heads_of_columns,
        blocks=tuple(blocks),
        statistics=(*_indicated(found, design), *_statistics(models, design, starts, len(found))),
        notes=_notes(design, models),
        title=design.title,
        gaps=design.gaps and len(design.elements) > design.across,
        plain=design.plain,
        starts=starts,
        equation_heads=heads,
        surround=design.surround,
        star_legend=_star_legend(design),
        tabular=design.tabular,
        width=design.width,
    )


def _unstacked(
    models: list[_Model], design: Design, data: Dataset
) -> tuple[list[_Model], tuple[int, ...], tuple[str, ...]]:
    """Return the equations as models of their own, where each model begins, and what equations are called."""
    found: list[_Model] = []
    starts, heads = [], []
    for model in models:
        starts.append(len(found))
        for place, (equation, own) in enumerate(model.equations.items()):
            names = _chosen(equation, list(own), design)
            if not names:
                continue
            label = data[equation].label if design.label and equation in data else ""
            given = design.equation_labels[place] if place < len(design.equation_labels) else ""
            heads.append(given or label or equation)
            found.append(_Model(model.estimates, {"": {name: own[name] for name in names}}))
    return found, tuple(starts), tuple(heads)


def _titles(
    models: Sequence[Estimates], names: Sequence[str], design: Design, data: Dataset
) -> tuple[str, ...]:
    if design.titles is not None:
        return (*design.titles[: len(models)], *[""] * (len(models) - len(design.titles)))
    found = []
    for estimates, name in zip(models, names, strict=True):
        if design.names_as_titles:
            found.append(estimates.title or name)
            continue
        outcome = estimates.macros.get("depvar", "").split(" ")[0]
        label = data[outcome].label if design.label and outcome in data else ""
        title = "" if design.outcomes_as_titles else estimates.title
        found.append(title or label or outcome or name.removeprefix("."))
    return tuple(found)


def _blocks(models: list[_Model], design: Design, data: Dataset) -> list[Block]:
    equations = list(dict.fromkeys(name for model in models for name in model.equations))
    changes = _changes([model.estimates for model in models], design)
    blocks = []
    for equation in equations:
        names = _merged([list(model.equations.get(equation, ())) for model in models])
        rows = []
        for name in _chosen(equation, names, design):
            figures = [model.equations.get(equation, {}).get(name) for model in models]
            label = design.labels.get(f"{equation}:{name}", design.labels.get(name))
            if label is None:
                label = coefficient_label(name, data, design.interaction) if design.label else name
            if name in changes:
                label = f"{label} {design.change_mark}"
            if name in design.references:
                rows.append(Row(design.references[name], _reference(figures, design)))
            rows.append(Row(label, _lines(figures, design)))
        titled = len(equations) > 1 and design.equation_lines
        label = data[equation].label if design.label and equation in data else ""
        place = equations.index(equation)
        if place < len(design.equation_labels):
            label, titled = design.equation_labels[place], bool(design.equation_labels[place])
        if rows:
            blocks.append(Block((label or equation) if titled else "", tuple(rows)))
    return blocks


def _reference(figures: Sequence[_Coefficient | None], design: Design) -> tuple[tuple[Cell, ...], ...]:
    """Return the line of a category that is not shown: a text for each model that has the next one."""
    texts = [design.reference_text if found is not None else "" for found in figures]
    return (_spread(texts, design),)


def _lines(figures: list[_Coefficient | None], design: Design) -> tuple[tuple[Cell, ...], ...]:
    cells = [
        [Cell() if found is None else _cell(found, element, design) for element in design.elements]
        for found in figures
    ]
    rows = range(0, len(design.elements), design.across)
    lines = tuple(tuple(cell for own in cells for cell in own[row : row + design.across]) for row in rows)
    return (tuple(map(_joined, zip(*lines, strict=True))),) if design.one_cell else lines


def _joined(cells: tuple[Cell, ...]) -> Cell:
    """Return the cells of one column as one, a line each."""
    return Cell("\n".join(cell.text + cell.stars for cell in cells if cell.text))


def _cell(own: _Coefficient, element: Element, design: Design) -> Cell:
    figures = own.figures
    if element.name not in FIGURES:
        value = own.more.get(element.name, MISSING)
        text = "" if value >= MISSING else number_text(value, element.format)
        stars = _stars(figures.p_value, design.stars) if element.stars and text else ""
        return Cell(element.enclosed(text) if text else "", stars)
    stars = _stars(figures.p_value, design.stars) if element.stars else ""
    return Cell(_element_text(figures, element), stars)


def _indicated(models: list[_Model], design: Design) -> list[Row]:
    rows = []
    for label, patterns in design.indicate:
        texts = [
            any(
                _matches(equation, name, pattern)
                for equation, names in model.equations.items()
                for name in names
                for pattern in patterns
            )
            for model in models
        ]
        rows.append(Row(label, (_spread(["Yes" if text else "No" for text in texts], design),)))
    return rows


def _spread(texts: list[str], design: Design) -> tuple[Cell, ...]:
    blank = (Cell(),) * (design.across - 1)
    return tuple(cell for text in texts for cell in (Cell(text), *blank))


def _statistics(
    models: Sequence[Estimates], design: Design, starts: tuple[int, ...], columns: int
) -> list[Row]:
    """Return the rows of statistics; each in the first column of its model."""
    rows = []
    for wanted in design.statistics:
        texts = [""] * columns
        for place, estimates in zip(starts or range(columns), models, strict=True):
            texts[place] = _statistic(estimates, wanted)
        rows.append(Row(wanted.label, (_spread(texts, design),)))
    return rows


def _statistic(estimates: Estimates, wanted: Wanted) -> str:
    if wanted.name in ("aic", "bic") and wanted.name not in estimates.scalars:
        if estimates.scalars.get("ll", MISSING) >= MISSING:
            return ""
        row = criteria_row("", estimates)
        return number_text(row.aic if wanted.name == "aic" else row.bic, wanted.format)
    value = estimates.get(wanted.name)
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return number_text(float(value), wanted.format)
    return ""


_NOTES = {
    "t": "t statistics in parentheses",
    "se": "Standard errors in parentheses",
    "p": "p-values in parentheses",
}


def _changes(models: Sequence[Estimates], design: Design) -> set[str]:
    """Return the names of effects that are marked as changes from 0 to 1."""
    if not (design.margin and design.change_mark):
        return set()
    return {name for own in models for name in own.macros.get("Xmfx_dummy", "").split()}


def _notes(design: Design, models: Sequence[Estimates]) -> tuple[str, ...]:
    found: list[str] = []
    if design.standard_notes:
        beside = [element for element in design.elements if element.brackets]
        text = ""
        for element in beside[:1]:
            interval = f"{design.level:g}% confidence intervals in brackets" if element.name == "ci" else ""
            text = _NOTES.get(element.name, interval)
        if design.elements[0].name == "beta":
            text = f"Standardized beta coefficients; {text}" if text else "Standardized beta coefficients"
        if design.exponentiate:
            text = f"Exponentiated coefficients; {text}" if text else "Exponentiated coefficients"
        if design.margin and any("Xmfx_type" in own.macros for own in models):
            text = f"Marginal effects; {text}" if text else "Marginal effects"
        found += [text] if text else []
        if _changes(models, design):
            found.append(f"{design.change_mark} for discrete change of dummy variable from 0 to 1")
    found += design.notes
    legend = _star_legend(design)
    shown = design.standard_notes if design.star_notes is None else design.star_notes
    if shown and legend:
        found.append(legend)
    return tuple(found)


def _star_legend(design: Design) -> str:
    """Return what the stars mean; "" where there are none."""
    if not any(element.stars for element in design.elements):
        return ""
    return ", ".join(f"{star.symbol} p<{star.text}" for star in design.stars)
