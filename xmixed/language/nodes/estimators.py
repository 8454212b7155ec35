"""What the lines of estimators are parsed into: equations, random effects, residuals, variances, hypotheses.

They stand apart from the other nodes because few command lines need them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from xmixed.errors import Span
from xmixed.language.nodes import NOWHERE, Expression, InRange, Option, Pattern, Varlist, Weight


@dataclass(frozen=True, slots=True)
class FixedEquation:
    """`depvar indepvars [if] [in] [weight], noconstant`."""

    depvar: Pattern
    varlist: Varlist
    condition: Expression | None
    in_range: InRange | None
    weight: Weight | None
    options: dict[str, Option]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class RandomEquation:
    """`levelvar: varlist, re_options` or `levelvar: R.varname`; levelvar may be `_all`.

    `factor` is the variable of `R.varname` (then `varlist` is empty), else None.
    """

    level: Pattern
    varlist: Varlist
    factor: Pattern | None
    options: dict[str, Option]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class MixedCommand:
    """`xtmixed fe_equation || re_equation ... , options` in either syntax (`||` or `( ) ( )`).

    Options that follow the last comma of the last equation may belong to that equation or to the
    command; the parser sorts them by their names.
    """

    name: str
    text: str
    fixed: FixedEquation | None  # None: replay
    random: tuple[RandomEquation, ...]
    options: dict[str, Option]
    span: Span = field(default=NOWHERE, compare=False)

    def option(self, name: str, default: Any = None) -> Any:
        """Return the value of an option (True for a flag that was given), or `default` when it was not."""
        found = self.options.get(name)
        if found is None:
            return default
        return True if found.value is None else found.value


@dataclass(frozen=True, slots=True)
class ResidualSpecification:
    """`residuals(ar 2, t(time) by(sex))`; `order` None when not given."""

    structure: str  # independent exchangeable ar ma unstructured banded toeplitz exponential
    order: int | None
    by: Pattern | None
    t: Pattern | None
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class VarianceEstimator:
    """`vce(oim)`, `vce(robust)`, `vce(cluster id)`; of `vce(bootstrap, ...)` what stands behind the comma."""

    kind: str
    cluster: Pattern | None = None
    span: Span = field(default=NOWHERE, compare=False)
    options: str = ""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One linear hypothesis of `test`.

    Attributes
    ----------
    sides : tuple of Expression
        `x = y = 2` has three; one side alone means that it is zero. Coefficients are `Coefficient` nodes.
    grouped : bool
        Written in parentheses.
    equation : str
        Name in `[eq]` (then no sides: all its coefficients) or before the colon of `[eq]: x y`.
    others : tuple of str
        Further names in `[eq1=eq2]`: their coefficients are equal to those of `equation`.
    """

    sides: tuple[Expression, ...]
    grouped: bool = False
    equation: str = ""
    span: Span = field(default=NOWHERE, compare=False)
    others: tuple[str, ...] = ()
