"""Text in free format: what `outfile` writes and `infile` reads."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.data.categories import label_definition
from xmixed.data.dataset import Dataset, Variable
from xmixed.formats import format_string, format_values, parse_format, width_of
from xmixed.missing import is_missing

LINE = 80
"""Characters after which values go on in the next line, unless the text is wide."""


@dataclass(frozen=True, slots=True)
class FreeFormat:
    """How values are written.

    Attributes
    ----------
    comma, missing : bool
        Commas between values; with them missing values are written, not left out.
    quotes, labels, wide : bool
        Strings in quotes; value labels in place of numbers; one line an observation.
    justified : str
        Where strings stand in their width: "left", "right", or "format" (as their formats say).
    together : bool
        Strings stand behind each other with nothing between them.
    dictionary : bool
        A dictionary stands before the values.
    """

    comma: bool = False
    missing: bool = False
    quotes: bool = True
    labels: bool = True
    wide: bool = False
    justified: str = "left"
    together: bool = False
    dictionary: bool = False


def free_text(data: Dataset, form: FreeFormat) -> str:
    """Return the observations of data as text."""
    columns = [_cells(data, variable, form) for variable in data]
    gap = "" if form.together else "," if form.comma else " "
    rows = [gap.join(cells) for cells in zip(*columns, strict=True)] if columns else []
    if not (form.wide or form.comma or form.together) and any(len(row) > LINE for row in rows):
        rows = [_broken(cells) for cells in zip(*columns, strict=True)]
    head = _dictionary(data, form) if form.dictionary else ""
    return head + "".join(row + "\n" for row in rows)


def _broken(cells: tuple[str, ...]) -> str:
    """Return the values of an observation in lines of at most LINE characters, where that can be."""
    lines, current = [], cells[0]
    for cell in cells[1:]:
        if len(current) + 1 + len(cell) > LINE:
            lines.append(current)
            current = cell
        else:
            current += " " + cell
    return "\n".join([*lines, current])


def _cells(data: Dataset, variable: Variable, form: FreeFormat) -> list[str]:
    if variable.is_string:
        texts = [t.decode("latin-1") if isinstance(t, bytes) else t for t in variable.values.tolist()]
        if form.together:
            return [format_string(text, variable.format) for text in texts]
        return [_placed(_quoted(text, form), variable, form) for text in texts]
    doubles = variable.to_double()
    cells = format_values(doubles, variable.format)
    if form.comma:
        cells = [cell.strip() for cell in cells]
        if not form.missing:
            gone = is_missing(doubles).tolist()
            cells = ["" if out else cell for cell, out in zip(cells, gone, strict=True)]
    labels = label_definition(data, variable) if form.labels else {}
    if labels:
        texts = {value: _placed(_quoted(text, form), variable, form) for value, text in labels.items()}
        cells = [texts.get(value, cell) for value, cell in zip(doubles.tolist(), cells, strict=True)]
    return cells


def _quoted(text: str, form: FreeFormat) -> str:
    """Return a text in quotes, compound ones where it has quotes itself."""
    if not form.quotes:
        return text
    return f'`"{text}"\'' if '"' in text else f'"{text}"'


def _placed(text: str, variable: Variable, form: FreeFormat) -> str:
    if form.comma:
        return text
    width = width_of(variable.format) + 2 * form.quotes
    left = form.justified == "left" or (
        form.justified == "format" and parse_format(variable.format).align == "-"
    )
    return text.ljust(width) if left else text.rjust(width)


def _dictionary(data: Dataset, form: FreeFormat) -> str:
    lines = ["dictionary {"]
    for variable in data:
        labelled = variable.value_label and form.labels and variable.value_label in data.value_labels
        named = variable.name + (f":{variable.value_label}" if labelled else "")
        label = f'`"{variable.label}"\'' if variable.label else ""
        lines.append(f"\t{variable.type} {named:<24}{label}".rstrip())
    return "\n".join([*lines, "}", ""])
