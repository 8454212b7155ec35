"""Which imputations are used: nimputations() and imputations()."""

from __future__ import annotations

from dataclasses import replace

from xmixed.errors import StataError
from xmixed.estimation.pooling.files import SavedRuns
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec

IMPUTATIONS = (
    OptionSpec("nimputations", "n", "integer", "use the first # imputations", minimum_value=2),
    OptionSpec("imputations", "i", "numlist", "use these imputations"),
)


def numbers_of(count: int, node: Command) -> tuple[int, ...]:
    """Return the imputations to use, of `count`.

    Raises
    ------
    StataError
        r(2000) without any, r(2001) with one alone; r(198) for numbers that are none.
    """
    if not count:
        raise StataError(2000, "no imputations", hint="mi impute makes them")
    asked = node.option("imputations")
    if asked is not None:
        numbers = tuple(dict.fromkeys(int(value) for value in asked))
        wrong = [value for value in asked if value != int(value) or not 1 <= value <= count]
        if wrong:
            text = f"imputations(): {wrong[0]:g} is no imputation; M={count}"
            raise StataError(198, text, node.options["imputations"].span)
    else:
        first = int(node.option("nimputations", count))
        if first > count:
            text = f"nimputations(): {first} exceeds the number of imputations; M={count}"
            raise StataError(198, text, node.options["nimputations"].span)
        numbers = tuple(range(1, first + 1))
    if len(numbers) < 2:
        raise StataError(2001, "insufficient imputations", hint="at least two are needed")
    return numbers


def chosen_runs(saved: SavedRuns, node: Command) -> SavedRuns:
    """Return the estimates of a file for the imputations that options ask for."""
    places = [number - 1 for number in numbers_of(len(saved.runs), node)]
    return replace(
        saved,
        runs=tuple(saved.runs[place] for place in places),
        numbers=tuple(saved.numbers[place] for place in places),
    )
