"""What `reshape` says when data cannot be turned: a heading, a paragraph, a picture, what to do."""

from __future__ import annotations

import textwrap
from typing import NamedTuple

from xmixed.errors import StataError

PICTURE = """\
         long                                wide
        +---------------+                   +------------------+
        | i   j   a   b |                   | i   a1 a2  b1 b2 |
        |---------------| <--- reshape ---> |------------------|
        | 1   1   1   2 |                   | 1   1   3   2  4 |
        | 1   2   3   4 |                   | 2   5   7   6  8 |
        | 2   1   5   6 |                   +------------------+
        | 2   2   7   8 |
        +---------------+"""


HELP = "    Type reshape error for a list of the problem observations."


class Form(NamedTuple):
    """What `reshape error` says: of the form of the data, of the problem, and which values repeat."""

    head: tuple[str, ...]
    problem: str
    what: str


def long_form(i: list[str], j: str) -> Form:
    """Return what is said of long data in which j repeats."""
    names = " ".join(i)
    head = (
        "",
        f"i ({names}) indicates the top-level grouping such as subject id.",
        f"j ({j}) indicates the subgrouping such as time.",
        "The data are in the long form;  j should be unique within i.",
    )
    return Form(head, f"There are multiple observations on the same {j} within {names}.", j)


def wide_form(i: list[str]) -> Form:
    """Return what is said of wide data in which i repeats."""
    names = " ".join(i)
    head = (
        "",
        f"i ({names}) indicates the top-level grouping such as subject id.",
        "The data are in the wide form;  i should be unique.",
    )
    return Form(head, f"There are multiple observations with the same {names}.", names)


def _problem(heading: str, paragraph: str) -> StataError:
    told = textwrap.fill(paragraph, 76, initial_indent="    ", subsequent_indent="    ")
    return StataError(9, f"{heading}\n{told}\n{PICTURE}\n{HELP}")


def rows_repeat(i: list[str]) -> StataError:
    """Return the error for wide data whose i() variables repeat."""
    names = " ".join(i)
    return _problem(
        "variable id does not uniquely identify the observations",
        f"Your data are currently wide.  You are performing a reshape long.  You specified i({names}).  In "
        f"the current wide form, variable {names} should uniquely identify the observations.  Remember this "
        "picture:",
    )


def values_repeat(i: list[str], j: str) -> StataError:
    """Return the error for long data that have a value of j twice in a group."""
    names = " ".join(i)
    return _problem(
        f"values of variable {j} not unique within {names}",
        f"Your data are currently long.  You are performing a reshape wide.  You specified i({names}) and "
        f"j({j}).  There are observations within i({names}) with the same value of j({j}).  In the long "
        "data, variables i() and j() together must uniquely identify the observations.",
    )


def not_constant(name: str, i: list[str], j: str) -> StataError:
    """Return the error for long data with another variable that varies within a group."""
    names = " ".join(i)
    return _problem(
        f"variable {name} not constant within {names}",
        f"Your data are currently long.  You are performing a reshape wide.  You specified i({names}) and "
        f"j({j}).  There are variables other than {names}, {j} and those that you named that vary within "
        f"i({names}); they must be constant, or be named too.",
    )
