"""Files beside the data in memory: reading them, what `merge` asks of them, what is said of the changes."""

from __future__ import annotations

from collections.abc import Sequence

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.operations.merge import RESULT_LABELS, Merged
from xmixed.data.operations.stacking import Promotion
from xmixed.errors import StataError
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.options import match_choice
from xmixed.language.parser import parse_varlist, parse_words
from xmixed.render.layouts.combine.merge import MergeCounts
from xmixed.render.text import printable
from xmixed.session.state import SessionState

MERGE_KINDS = ("1:1", "m:1", "1:m", "m:m", "n:1", "1:n", "n:n")
_RESULTS = (
    (("master", "mas"), 1),
    (("using", "us"), 2),
    (("match", "mat"), 3),
    (("matched", "mat"), 3),
    (("match_update", "match_up"), 4),
    (("match_conflict", "match_con"), 5),
)


def read_using(session: SessionState, name: str) -> Dataset:
    """Return the dataset in a file and say what changed on its way; r(601) and the codes of `use`."""
    from xmixed.data.files.dataset_file import read_dataset

    found = read_dataset(name)
    session.out.write(*map(printable, found.notes))
    return found.dataset


def say_changes(session: SessionState, promotions: Sequence[Promotion], labels: Sequence[str]) -> None:
    """Say which variables needed another storage type and which value labels were there already."""
    session.out.write(*(f"{item.name} was {item.before} now {item.after}" for item in promotions))
    session.out.write(*(f"(label {name} already defined)" for name in labels))


def merge_keys(data: Dataset, text: str, kind: str) -> list[str]:
    """Return the keys that a varlist means; none for `_n`."""
    if text.strip() == "_n":
        if kind != "1:1":
            raise StataError(198, "_n may only be specified with 1:1")
        return []
    if not text.strip():
        raise StataError(100, "varlist required")
    return list(dict.fromkeys(resolve_varlist(parse_varlist(text), data)))


def merge_results(words: str | Sequence[str]) -> set[int]:
    """Return the results that words or numbers mean; r(198)."""
    found: set[int] = set()
    for word in parse_words(words) if isinstance(words, str) else words:
        if word in ("1", "2", "3", "4", "5"):
            found.add(int(word))
            continue
        full = match_choice(word, [choice for choice, _ in _RESULTS])
        if full is None:
            raise StataError(198, f"{word} is not a result of merge")
        found.add(next(number for choice, number in _RESULTS if choice[0] == full))
    return found


def assertion_failed(allowed: set[int]) -> str:
    """Return the message that results occur which `assert()` does not allow."""
    told = "not all observations matched"
    if allowed & {1, 2}:
        sides = [side for number, side in ((1, "master"), (2, "using")) if number in allowed]
        told = f"not all observations from {' or '.join(sides)}" + (" or matched" if 3 in allowed else "")
    return f"merge:  after merge, {told}\n        (merged result left in memory)"


def with_merge_results(merged: Merged, name: str, labelled: bool) -> Dataset:
    """Return merged data with a variable that says where each observation is from."""
    data = merged.dataset
    fmt = "%23.0g" if labelled else "%8.0g"
    data = data.with_variables(
        Variable(name, "byte", merged.results, fmt, value_label="_merge" if labelled else "")
    )
    if labelled and "_merge" not in data.value_labels:
        data = data.with_(value_labels={**data.value_labels, "_merge": dict(RESULT_LABELS)})
    return data


def merge_counts(merged: Merged, name: str, update: bool) -> MergeCounts:
    """Return how many observations are from where, for the table."""
    alone, other, matched, updated, conflict = (merged.count(number) for number in range(1, 6))
    return MergeCounts(alone, other, matched, updated, conflict, name, update)
