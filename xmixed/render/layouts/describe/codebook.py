"""The blocks of `codebook`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import columns_of
from xmixed.output import Line, Styled, line
from xmixed.render.text import printable, result, rule

COLON = 22
"""Column of the colon of a field; the value follows two blanks after it."""
SECOND_COLON = 59
"""Column of the colon of the second field of a line."""
FIRST_PERCENTILE_EDGE, PERCENTILE_WIDTH = 34, 10
FREQUENCY_WIDTH, VALUE_WIDTH = 5, 10
STATISTIC = "%8.0g"
EXAMPLE_WIDTH = 6
"""Room of a value before its label in an example."""
COMPACT_HEADS = ("Obs", "Unique", "Mean", "Min", "Max")


@dataclass(frozen=True, slots=True)
class Tabulated:
    """One row of a tabulation: how often, the value as shown, its label ("" when it has none)."""

    frequency: int
    value: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class CodebookEntry:
    """What `codebook` shows of a variable; values and statistics as text are already formatted.

    `type` is the storage type, `longest` the longest string's length; `missing` counts `.` (or ""),
    `extended` counts `.a` ... `.z`, `n_extended` how many different ones there are. A tabulation is shown
    if there is one, else the examples (strings and labelled numbers), else mean and percentiles.
    `unlabeled` counts values without a text in the label, `together` says what is missing with it.
    """

    name: str
    label: str
    type: str
    n_obs: int
    unique: int
    missing: int
    extended: int = 0
    n_extended: int = 0
    value_label: str = ""
    value_label_defined: bool = True
    unlabeled: int = 0
    longest: int = 0
    range: str = ""
    units: str = ""
    mean: float = 0.0
    sd: float = 0.0
    percentiles: tuple[str, ...] = ()
    tabulation: tuple[Tabulated, ...] = ()
    examples: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    notes: tuple[tuple[int, str], ...] = ()


def _field(name: str, value: str) -> list[Styled]:
    return [Styled(f"{name:>{COLON}}:  "), result(value)]


def _pair(left: list[Styled], name: str, value: str) -> Line:
    used = sum(len(run.text) for run in left)
    return line(*left, f"{name:>{max(1, SECOND_COLON - used)}}:  ", result(value))


def render_entry(entry: CodebookEntry, linesize: int) -> list[Line]:
    """Return the block of one variable, from its leading blank line on."""
    label = printable(entry.label) or "(unlabeled)"
    gap = " " * max(1, linesize - len(entry.name) - columns_of(label))
    lines = [line(), line(rule(linesize)), line(result(entry.name), gap, label), line(rule(linesize)), line()]
    string = entry.type.startswith("str")
    kind = f"{'string' if string else 'numeric'} ({entry.type})"
    if string and f"str{entry.longest}" != entry.type:
        kind += f", but longest is str{entry.longest}"
    lines.append(line(*_field("type", kind)))
    if entry.value_label:
        undefined = "" if entry.value_label_defined else ", but label does not exist"
        if entry.unlabeled:
            values, are = ("values", "are") if entry.unlabeled > 1 else ("value", "is")
            undefined = f", but {entry.unlabeled} nonmissing {values} {are} not labeled"
        lines.append(line(*_field("label", entry.value_label + undefined)))
    lines.append(line())
    lines += _counts(entry, string)
    if entry.tabulation:
        lines += [line(), *_tabulation(entry)]
    elif string:
        lines += _examples([f'"{printable(text)}"' for text in entry.examples])
    elif entry.examples:
        lines += _examples([printable(text) for text in entry.examples])
    elif entry.percentiles and entry.value_label_defined:
        lines += _statistics(entry)
    for i, warning in enumerate(entry.warnings):
        lines += [line()] if i == 0 else []
        lines.append(line(*_field("warning", warning)))
    for i, text in enumerate(entry.together):
        head = _field("missing values", "") if i == 0 else [Styled(" " * (COLON + 3))]
        lines += [line()] if i == 0 else []
        lines.append(line(*head, result(text)))
    if entry.notes:
        lines += [line(), line(*_field("notes", ""))]
        lines += [line(f"{number:{COLON + 5}d}.  ", result(printable(text))) for number, text in entry.notes]
    return lines


def _counts(entry: CodebookEntry, string: bool) -> list[Line]:
    lines = []
    if not string:
        lines.append(_pair(_field("range", entry.range), "units", entry.units))
    name = 'missing ""' if string else "missing ."
    unique = _field("unique values", str(entry.unique))
    lines.append(_pair(unique, name, f"{entry.missing}/{entry.n_obs}"))
    if entry.extended:
        extended = _field("unique mv codes", str(entry.n_extended))
        lines.append(_pair(extended, "missing .*", f"{entry.extended}/{entry.n_obs}"))
    return lines


def _statistics(entry: CodebookEntry) -> list[Line]:
    heads = ("10%", "25%", "50%", "75%", "90%")
    start = _field("percentiles", "")
    room = FIRST_PERCENTILE_EDGE - COLON - 3
    texts = [text.rjust(room if i == 0 else PERCENTILE_WIDTH) for i, text in enumerate(heads)]
    values = [
        text.rjust(FIRST_PERCENTILE_EDGE if i == 0 else PERCENTILE_WIDTH)
        for i, text in enumerate(entry.percentiles)
    ]
    return [
        line(),
        line(*_field("mean", format_value(entry.mean, STATISTIC))),
        line(*_field("std. dev", format_value(entry.sd, STATISTIC))),
        line(),
        line(*start, "".join(texts)),
        line(result("".join(values))),
    ]


def _tabulation(entry: CodebookEntry) -> list[Line]:
    margin = " " * (COLON + 3)
    rows = entry.tabulation
    if entry.value_label:
        lines = [line(*_field("tabulation", ""), "Freq.   Numeric  Label")]
        cells = [
            f"{row.frequency:>{FREQUENCY_WIDTH}d}{row.value:>{VALUE_WIDTH}}  {printable(row.label)}"
            for row in rows
        ]
    else:
        lines = [line(*_field("tabulation", ""), "Freq.  Value")]
        cells = [f"{row.frequency:>{FREQUENCY_WIDTH}d}  {printable(row.value)}" for row in rows]
    return lines + [line(margin, result(cell)) for cell in cells]


def _examples(shown: Sequence[str]) -> list[Line]:
    if not shown:
        return []
    more = [line(" " * (COLON + 3), result(text)) for text in shown[1:]]
    return [line(), line(*_field("examples", shown[0])), *more]


@dataclass(frozen=True, slots=True)
class CompactRow:
    """One variable of `codebook, compact`: figures as text."""

    name: str
    figures: tuple[str, str, str, str, str]
    label: str


def render_compact(rows: Sequence[CompactRow], linesize: int) -> list[Line]:
    """Return the compact table; each column is as wide as its widest entry."""
    name_width = max([len("Variable"), *(len(row.name) for row in rows)])
    widths = [
        max([len(head), *(len(row.figures[i]) for row in rows)]) for i, head in enumerate(COMPACT_HEADS)
    ]
    gaps = (3, 1, 2, 2, 2)

    def cells(texts: Sequence[str]) -> str:
        return "".join(" " * gap + text.rjust(w) for gap, text, w in zip(gaps, texts, widths, strict=True))

    room = max(8, linesize - name_width - sum(widths) - sum(gaps) - 2)
    lines = [
        line(),
        line("Variable".ljust(name_width) + cells(COMPACT_HEADS) + "  Label"),
        line(rule(linesize)),
    ]
    for row in rows:
        label = printable(row.label)[:room]
        lines.append(line(row.name.ljust(name_width), result(cells(row.figures)), "  " + label))
    return [*lines, line(rule(linesize))]


def render_codebook_header(
    source: str, timestamp: str, label: str, n_variables: int, n_obs: int, size: int
) -> list[Line]:
    """Return what stands before the blocks of all variables."""
    return [
        line(),
        line(*_field("Dataset", printable(source))),
        line(*_field("Last saved", printable(timestamp).strip())),
        line(),
        line(*_field("Label", printable(label))),
        line(*_field("Number of variables", f"{n_variables}")),
        line(*_field("Number of observations", f"{n_obs}")),
        line(*_field("Size", f"{size:,} bytes ignoring labels, etc.")),
    ]
