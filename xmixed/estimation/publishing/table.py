"""Models side by side: which rows, columns and texts a published table has."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from xmixed.data.dataset import Dataset
from xmixed.errors import StataError
from xmixed.estimation.criteria import criteria_row
from xmixed.estimation.delta import exponentiated, wald_figures
from xmixed.expressions.varlist import matches_pattern
from xmixed.formats import format_value, is_valid_format
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import Figures
from xmixed.render.published.table import Block, Cell, Group, PublishedTable, Row
from xmixed.session.results import Estimates

MAIN = "main"
"""Equation of the covariates when models name it differently."""


@dataclass(frozen=True, slots=True)
class Element:
    """One figure of a coefficient: `b`, `se`, `t`, `p` or `ci`, in a format, `a3` for an adaptive one."""

    name: str
    format: str
    stars: bool = False
    brackets: str = ""


@dataclass(frozen=True, slots=True)
class Star:
    """A symbol, the p-value below which it stands, and how that was typed."""

    symbol: str
    level: float
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A statistic below the coefficients: its name in e(), label and format."""

    name: str
    label: str
    format: str


@dataclass(frozen=True, slots=True)
class Transform:
    """A function of coefficients and its derivative, both of one number; `names` () for all coefficients."""

    names: tuple[str, ...]
    value: Callable[[float], float]
    slope: Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Design:
    """What the user asked for.

    Attributes
    ----------
    elements : tuple of Element
        Figures of a coefficient, in order; below each other unless `wide`.
    stars : tuple of Star
        From the weakest on.
    keep, drop, order : tuple of str
        Names, patterns, or `eq:`.
    indicate : tuple of (label, patterns)
        Coefficients that are shown as Yes or No.
    transforms : tuple of Transform
        The first that fits a coefficient counts.
    equation_labels : tuple of str
        In place of the names of equations, in their order.
    references : dict
        Labels of rows that stand before a coefficient, by its name; `reference_text` is in their cells.
    heads_of_columns : tuple of str
        Over the columns of each model, below its title; () for none.
    """

    elements: tuple[Element, ...]
    stars: tuple[Star, ...]
    statistics: tuple[Wanted, ...]
    wide: bool = False
    label: bool = False
    plain: bool = False
    gaps: bool = True
    numbers: bool = True
    titles: tuple[str, ...] | None = None
    model_titles: bool = True
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    rename: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    indicate: tuple[tuple[str, tuple[str, ...]], ...] = ()
    equation_lines: bool = True
    no_omitted: bool = False
    no_base: bool = False
    exponentiate: bool = False
    notes: tuple[str, ...] = ()
    standard_notes: bool = True
    title: str = ""
    level: float = 95.0
    names_as_titles: bool = False
    no_constant: bool = False
    transforms: tuple[Transform, ...] = ()
    equation_labels: tuple[str, ...] = ()
    references: dict[str, str] = field(default_factory=dict)
    reference_text: str = "ref."
    heads_of_columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Model:
    """The coefficients of one model by equation and name, in order."""

    estimates: Estimates
    equations: dict[str, dict[str, Figures]]


# --- numbers ------------------------------------------------------------------------------------------

ADAPTIVE = "a3"


def check_number_format(fmt: str, option: str) -> str:
    """Return the format that `3`, `%9.3f`, `a3` or `fmt` means.

    Raises
    ------
    StataError
        r(120) `invalid %format`.
    """
    text = fmt.strip()
    if text.isdigit() and int(text) <= 15:
        return f"%16.{text}f"
    if text[:1] == "a" and text[1:].isdigit() and 1 <= int(text[1:]) <= 9:
        return text
    if is_valid_format(text):
        return text
    raise StataError(120, f"invalid %format in {option}()")


def number_text(value: float, fmt: str) -> str:
    """Return a number in a format; `a3` shows at least three significant digits."""
    if value >= MISSING:
        return "."
    if not fmt.startswith("a"):
        return format_value(value, fmt).strip()
    digits = int(fmt[1:])
    size = abs(value)
    if size == 0:
        return "0"
    power = math.floor(math.log10(size))
    decimals = max(1, digits - power) if power >= 0 else digits - power - 1
    return f"{value:.{decimals}f}" if decimals <= 9 and power < 9 else f"{value:.{digits - 1}e}"


def _element_text(figures: Figures, element: Element) -> str:
    if figures.standard_error == 0 or figures.standard_error >= MISSING:
        inner = number_text(figures.estimate, element.format) if element.name == "b" else "."
        if element.name == "ci":
            inner = ".,."
    elif element.name == "ci":
        inner = ",".join(number_text(limit, element.format) for limit in (figures.lower, figures.upper))
    else:
        values = {
            "b": figures.estimate,
            "se": figures.standard_error,
            "t": figures.statistic,
            "p": figures.p_value,
        }
        inner = number_text(values[element.name], element.format)
    return f"{element.brackets[0]}{inner}{element.brackets[1]}" if element.brackets else inner


def _stars(p_value: float, levels: Sequence[Star]) -> str:
    found = ""
    for star in levels:
        if p_value < star.level:
            found = star.symbol
    return found


# --- models and rows ----------------------------------------------------------------------------------


def _model(estimates: Estimates, design: Design) -> _Model:
    b, V = estimates.matrices.get("b"), estimates.matrices.get("V")
    if b is None:
        raise StataError(301, "last estimates not found")
    variances = np.full(len(b.column_names), MISSING) if V is None else np.diag(V.values)
    df = estimates.scalars.get("df_r")
    equations: dict[str, dict[str, Figures]] = {}
    for place, full in enumerate(b.column_names):
        equation, _, name = full.rpartition(":")
        if design.no_constant and name == "_cons":
            continue
        if design.no_omitted and _flag(name, "o") or design.no_base and _flag(name, "b"):
            continue
        figures = wald_figures(float(b.values[0, place]), float(variances[place]), design.level, df)
        for transform in design.transforms:
            if not transform.names or any(_matches(equation, name, word) for word in transform.names):
                figures = _transformed(figures, transform)
                break
        name = design.rename.get(full, design.rename.get(name, name))
        if design.exponentiate:
            figures = exponentiated(figures)
        equations.setdefault(equation, {})[name] = figures
    return _Model(estimates, equations)


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


def coefficient_label(name: str, data: Dataset) -> str:
    """Return the label of a coefficient: the variable's, value labels of levels, `Constant`."""
    if name == "_cons":
        return "Constant"
    return " # ".join(_operand_label(part, data) for part in name.split("#"))


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
        r(301) for results without coefficients; r(111) when `keep()` leaves nothing.
    """
    found = _equations([_model(estimates, design) for estimates in models])
    titles = _titles(models, names, design, data)
    blocks = _blocks(found, design, data)
    if not any(block.rows for block in blocks):
        raise StataError(111, "no coefficients are left")
    return PublishedTable(
        models=len(models),
        per_model=len(design.elements) if design.wide else 1,
        numbers=design.numbers,
        groups=design.groups,
        heads=titles if design.model_titles else (),
        column_heads=design.heads_of_columns,
        blocks=tuple(blocks),
        statistics=(*_indicated(found, design), *_statistics(models, design)),
        notes=_notes(design),
        title=design.title,
        gaps=design.gaps and len(design.elements) > 1 and not design.wide,
        plain=design.plain,
    )


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
        found.append(estimates.title or label or outcome or name)
    return tuple(found)


def _blocks(models: list[_Model], design: Design, data: Dataset) -> list[Block]:
    equations = list(dict.fromkeys(name for model in models for name in model.equations))
    blocks = []
    for equation in equations:
        names = _merged([list(model.equations.get(equation, ())) for model in models])
        rows = []
        for name in _chosen(equation, names, design):
            figures = [model.equations.get(equation, {}).get(name) for model in models]
            label = design.labels.get(f"{equation}:{name}", design.labels.get(name))
            if label is None:
                label = coefficient_label(name, data) if design.label else name
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


def _reference(figures: Sequence[Figures | None], design: Design) -> tuple[tuple[Cell, ...], ...]:
    """Return the line of a category that is not shown: a text for each model that has the next one."""
    texts = [design.reference_text if found is not None else "" for found in figures]
    return (_spread(texts, design),)


def _lines(figures: list[Figures | None], design: Design) -> tuple[tuple[Cell, ...], ...]:
    cells = [
        [Cell() if found is None else _cell(found, element, design) for element in design.elements]
        for found in figures
    ]
    if design.wide:
        return (tuple(cell for own in cells for cell in own),)
    return tuple(tuple(own[place] for own in cells) for place in range(len(design.elements)))


def _cell(figures: Figures, element: Element, design: Design) -> Cell:
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
    blank = (Cell(),) * (len(design.elements) - 1) if design.wide else ()
    return tuple(cell for text in texts for cell in (Cell(text), *blank))


def _statistics(models: Sequence[Estimates], design: Design) -> list[Row]:
    return [
        Row(wanted.label, (_spread([_statistic(estimates, wanted) for estimates in models], design),))
        for wanted in design.statistics
    ]


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


def _notes(design: Design) -> tuple[str, ...]:
    found: list[str] = []
    if design.standard_notes:
        beside = [element for element in design.elements if element.brackets]
        text = ""
        for element in beside[:1]:
            text = _NOTES.get(element.name, f"{design.level:g}% confidence intervals in brackets")
        if design.exponentiate:
            text = f"Exponentiated coefficients; {text}" if text else "Exponentiated coefficients"
        found += [text] if text else []
    found += design.notes
    if design.standard_notes and design.stars and any(element.stars for element in design.elements):
        found.append(", ".join(f"{star.symbol} p<{star.text}" for star in design.stars))
    return tuple(found)
