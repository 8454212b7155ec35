"""fre: one-way frequencies with values, labels and missing values."""

from __future__ import annotations

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows, variables_of, weights_of
from xmixed.data.categories import categories_of, label_definition
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing, missing_name
from xmixed.render.layouts.community.frequencies import Frequencies, render_frequencies
from xmixed.session.results import Results
from xmixed.session.state import SessionState

MOST_EACH_SIDE = 10


@command(
    "fre",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        weights=("fweight", "aweight", "iweight"),
        options=(
            OptionSpec("all", "all", help="every value; otherwise the first ten and the last ten of many"),
            OptionSpec("tabulate", "t", "integer", "how many first and last values of many", minimum_value=1),
            OptionSpec("nomissing", "nom", help="leave out missing values"),
            OptionSpec("nolabel", "nol", help="values without labels"),
            OptionSpec("novalue", "nov", help="labels without values"),
            OptionSpec("noname", "non", help="titles without names"),
            OptionSpec("notitle", "not", help="no titles"),
            OptionSpec("ascending", "asc", help="rare values first"),
            OptionSpec("descending", "des", help="frequent values first"),
            OptionSpec("include", "inc", "text", optional_value=True, built=False),
        ),
        exclusive=(("nolabel", "novalue"), ("ascending", "descending"), ("all", "tabulate")),
    ),
    synopsis="fre [varlist] [if] [in] [weight] [, all tabulate(#) nomissing nolabel novalue noname notitle "
    "ascending descending]",
    needs=("data",),
    by="each",
)
def fre(session: SessionState, node: Command) -> None:
    rows = selected_rows(session, node)
    weights = weights_of(session, node, rows).values
    if not rows.any():
        raise StataError(2000, "no observations")
    for variable in variables_of(session.data, node):
        found = _frequencies(session.data, variable, rows, weights, node)
        most = None if node.option("all") else node.option("tabulate", MOST_EACH_SIDE)
        title = "" if node.option("notitle") else _title(variable, bool(node.option("noname")))
        session.out.write(*render_frequencies(found, title, most))
        scalars = {"N": float(sum(found.valid) + sum(found.missing)), "N_valid": float(sum(found.valid))}
        scalars |= {"N_missing": float(sum(found.missing)), "r_valid": float(len(found.valid))}
        session.r = Results(
            scalars=scalars | {"r_missing": float(len(found.missing))}, macros={"depvar": variable.name}
        )


def _title(variable: Variable, noname: bool) -> str:
    if noname or not variable.label:
        return variable.label or variable.name
    return f"{variable.name} -- {variable.label}"


def _frequencies(
    data: Dataset, variable: Variable, rows: np.ndarray, weights: np.ndarray | None, node: Command
) -> Frequencies:
    """Return the frequencies of the values and of the missing values with their texts."""
    found = categories_of(variable, rows, not node.option("nomissing"))
    used = found.used
    own = None if weights is None else weights[used]
    counts = np.bincount(found.codes[used], weights=own, minlength=len(found.values)).astype(np.float64)
    texts = _texts(data, variable, found.values, node)
    order = list(range(len(counts)))
    if node.option("ascending") or node.option("descending"):
        order = np.argsort(-counts if node.option("descending") else counts, kind="stable").tolist()
    empty = [value == "" if isinstance(value, str) else bool(is_missing(value)) for value in found.values]
    valid, gone = ([i for i in order if empty[i] == which] for which in (False, True))
    return Frequencies(
        tuple(texts[i] for i in valid),
        tuple(counts[valid].tolist()),
        tuple(texts[i] for i in gone),
        tuple(counts[gone].tolist()),
    )


def _texts(data: Dataset, variable: Variable, values: tuple[float | str, ...], node: Command) -> list[str]:
    labels = {} if variable.is_string or node.option("nolabel") else label_definition(data, variable)
    texts = [_value_text(variable, value) for value in values]
    if not labels:
        return texts
    shown = [labels.get(value, "") for value in values if not isinstance(value, str)]
    if node.option("novalue"):
        return [label or text for label, text in zip(shown, texts, strict=True)]
    width = max(map(len, texts), default=0)
    return [f"{text.ljust(width)} {label}".rstrip() for text, label in zip(texts, shown, strict=True)]


def _value_text(variable: Variable, value: float | str) -> str:
    if isinstance(value, str):
        return value
    return missing_name(value) if is_missing(value) else format_value(value, variable.format).strip()
