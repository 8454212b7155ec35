"""What `labelbook` says of a value label."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xmixed.data.value_labels import LONG_MISSING
from xmixed.formats.reading import number_or_none

PROBLEMS = {
    "gaps": "gaps in mapped values",
    "null": "null strings",
    "blanks": "leading/trailing blanks",
    "nuniq": "not unique at full length",
    "nuniq_sh": "not unique at length #",
    "numeric": "numeric -> numeric",
    "notused": "not used by variables",
}
"""By their names in r(), in the order of the report."""


@dataclass(frozen=True, slots=True)
class LabelFacts:
    """Facts of the values and of the texts of a value label.

    Attributes
    ----------
    low, high : int or None
        Range of the values that are not missing; None without any.
    count, extended : int
        Labels in all, and those of missing values.
    gaps : bool
        Whether whole numbers of the range have no label.
    shortest, longest : int
        Characters of the texts.
    unique, unique_cut, null, blanks, numeric : bool
        Texts differ; they do so when cut; some is empty; some has blanks at an end; some is a number.
    """

    low: int | None
    high: int | None
    count: int
    extended: int
    gaps: bool
    shortest: int
    longest: int
    unique: bool
    unique_cut: bool
    null: bool
    blanks: bool
    numeric: bool

    def problems(self, used: bool) -> list[str]:
        """Return the names of what may be wrong; `used`: a variable has the label."""
        holds = {
            "gaps": self.gaps,
            "null": self.null,
            "blanks": self.blanks,
            "nuniq": not self.unique,
            "nuniq_sh": not self.unique_cut,
            "numeric": self.numeric,
            "notused": not used,
        }
        return [name for name in PROBLEMS if holds[name]]


def label_facts(texts: Mapping[int, str], length: int) -> LabelFacts:
    """Return the facts of a value label, by long code; `length`: to how many characters texts are cut."""
    plain = [value for value in texts if value < LONG_MISSING]
    low, high = (min(plain), max(plain)) if plain else (None, None)
    words = list(texts.values())
    sizes = [len(word) for word in words] or [0]
    return LabelFacts(
        low,
        high,
        len(texts),
        len(texts) - len(plain),
        low is not None and high is not None and high - low + 1 > len(plain),
        min(sizes),
        max(sizes),
        len(set(words)) == len(words),
        len({word[:length] for word in words}) == len(words),
        "" in words,
        any(word != word.strip() for word in words),
        any(number_or_none(word) is not None for word in words),
    )
