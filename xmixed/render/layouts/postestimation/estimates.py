"""What the `estimates` commands and `lrtest` print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.notes import BOUNDARY, RESTRICTED, render_note
from xmixed.render.text import printable, result, rule

NAME_WIDTH = 12
CRITERIA_WIDTHS = (7, 12, 12, 7, 13, 12)
"""Obs, ll(null), ll(model), df, AIC, BIC, right of the bar; the tables are 77 wide."""
CRITERIA_HEADS = ("Obs", "ll(null)", "ll(model)", "df", "AIC", "BIC")
CRITERIA_TITLE = "Akaike's information criterion and Bayesian information criterion"
ASSUMPTION_WIDTH = 54
"""Column where the right block of lrtest starts."""


@dataclass(frozen=True, slots=True)
class CriteriaRow:
    """One row of the table of information criteria; doubles, missing values as double codes."""

    name: str
    n_obs: float
    ll_null: float
    ll: float
    df: float
    aic: float
    bic: float


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row of `estimates dir`."""

    name: str
    command: str
    depvar: str
    n_parameters: int
    title: str


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """A likelihood-ratio test of two stored models.

    `boundary` adds the note on boundary hypotheses, `restricted_likelihood` that on REML.
    """

    restricted: str
    unrestricted: str
    statistic: float
    df: int
    p_value: float
    boundary: bool
    restricted_likelihood: bool = False


def render_criteria(rows: Sequence[CriteriaRow], n_given: bool = False) -> list[Line]:
    """Return the table of `estimates stats`, from the blank line before it to the note.

    `n_given`: the N of the BIC was given with `n()`.
    """
    width = sum(CRITERIA_WIDTHS)
    outer = line(rule(NAME_WIDTH + 2 + width))
    heads = "".join(head.rjust(cell) for head, cell in zip(CRITERIA_HEADS, CRITERIA_WIDTHS, strict=True))
    lines = [line(), outer, line("Model".rjust(NAME_WIDTH) + " |" + heads), line(f"{rule(13)}+{rule(width)}")]
    for row in rows:
        values = (row.n_obs, row.ll_null, row.ll, row.df, row.aic, row.bic)
        formats = ("%7.0g", "%9.0g", "%9.0g", "%7.0g", "%9.0g", "%9.0g")
        cells = "".join(
            format_value(value, fmt).strip().rjust(cell)
            for value, fmt, cell in zip(values, formats, CRITERIA_WIDTHS, strict=True)
        )
        lines.append(line(abbreviate_name(row.name, NAME_WIDTH).rjust(NAME_WIDTH) + " |", result(cells)))
    note = "N=n() used in calculating BIC" if n_given else "N=Obs used in calculating BIC; see [R] BIC note"
    return [*lines, outer, line(" " * 15 + "Note:  " + note)]


def render_directory(rows: Sequence[StoredRow]) -> list[Line]:
    """Return the table of `estimates dir`; its right edge follows the longest title."""
    titles = [printable(row.title) for row in rows]
    width = max([len("title"), *(len(title) for title in titles)]) + 1
    outer = line(rule(47 + width))
    lines = [
        line(),
        outer,
        line("name".rjust(NAME_WIDTH) + " | command      depvar       npar  title "),
        line(f"{rule(13)}+{rule(33 + width)}"),
    ]
    for row, title in zip(rows, titles, strict=True):
        cells = (
            abbreviate_name(row.command, NAME_WIDTH).ljust(13)
            + abbreviate_name(row.depvar, NAME_WIDTH).ljust(13)
            + str(row.n_parameters).rjust(4)
            + "  "
            + title
        )
        name = abbreviate_name(row.name, NAME_WIDTH).rjust(NAME_WIDTH)
        lines.append(line(f"{name} | ", result(cells.rstrip())))
    return [*lines, outer]


def render_model_banner(name: str, title: str, linesize: int) -> list[Line]:
    """Return the banner of `estimates replay`: blank, rule, `Model x (title)`, rule."""
    head = "Active results" if name == "." else f"Model {name}"
    if title:
        head += f" ({printable(title)})"
    return [line(), line(rule(linesize)), line(head), line(rule(linesize))]


def render_likelihood_ratio(test: LikelihoodRatio) -> list[Line]:
    """Return the two lines of the test after a blank line, with the note when there is one."""
    left = f"(Assumption: {test.restricted} nested in {test.unrestricted})"
    statistic = format_value(test.statistic, "%10.2f").strip().rjust(10)
    p_value = format_value(test.p_value, "%10.4f").strip().rjust(10)
    # A left text longer than the column runs into the right one with one blank.
    left = left.ljust(ASSUMPTION_WIDTH - 1) + " "
    lines = [
        line(),
        line(
            "Likelihood-ratio test".ljust(ASSUMPTION_WIDTH) + f"LR chi2({test.df})".ljust(12) + "=",
            result(statistic),
        ),
        line(left + "Prob > chi2 =", result(p_value)),
    ]
    notes = [BOUNDARY] if test.boundary else []
    notes += [RESTRICTED] if test.restricted_likelihood else []
    return [*lines, *([line()] if notes else []), *(part for note in notes for part in render_note(note))]


def render_description(cmdline: str, title: str, saved: str, notes: Sequence[str]) -> list[Line]:
    """Return what `estimates describe` shows: the command, and when the results were saved to a file."""
    made = f"Estimation results saved on {saved}, produced by" if saved else "Estimation results produced by"
    lines = [line(), line("  " + made), line(), line("     . ", result(printable(cmdline)))]
    if title:
        lines += [line(), line("  Title: ", result(printable(title)))]
    if notes:
        lines += [line(), line("  Notes:"), *_numbered(dict(enumerate(notes, 1)))]
    return lines


def render_notes(notes: Mapping[int, str]) -> list[Line]:
    """Return the list of notes by number, after a blank line; nothing without notes."""
    return [line(), *_numbered(notes)] if notes else []


def _numbered(notes: Mapping[int, str]) -> list[Line]:
    return [line(f"  {number}.  ", result(printable(text))) for number, text in notes.items()]
