"""What a command's syntax is made of: the part of a registry entry that the parser reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ArgumentKind = Literal[
    "none",  # nothing may stand there
    "varlist",  # Varlist; () when empty
    "varlist_factor",  # Varlist with factor variables and time-series operators
    "varname",  # Pattern or None
    "newvarlist",  # NewVariables(type, names, stub): `[type] {stub* | newvarlist}`; None when empty
    "newvar",  # NewVariable(type, name, value_label, expression): `[type] newvar[:lblname] = exp`
    "call",  # NewVariableCall(type, name, function, inside): `[type] newvar = fcn(...)`
    "assignment",  # Assignment(target Name/Subscript, expression): `oldvar = exp`
    "expression",  # Expression or None
    "comparison",  # Expression or None; `x = exp` is read as `x == exp`
    "display",  # tuple of DisplayItem
    "numlist",  # tuple of float
    "filename",  # str (quotes removed) or None
    "words",  # tuple of str: words and quoted strings
    "margins",  # tuple of MarginTerm; () when empty
    "named_expressions",  # tuple of NamedExpression
    "equations",  # tuple of NonlinearEquation
    "hypotheses",  # tuple of Hypothesis; () when empty
    "matrix",  # MatrixAssignment: `A = exp`, `A[i,j] = exp`
    "matrix_input",  # (name, Span of what stands behind the equals sign)
    "text",  # str: the rest of the line as it stands up to the options
    "raw",  # str: everything up to the end of the line, options included
    "graph",  # plots over each other: the parser returns a GraphCommand
    "marked",  # plots of graphs only: tuple of Marked
    "immediate",  # plots only: tuple of ImmediateItem
    "curve",  # plots only: Curve or None
    "bars",  # plots only: tuple of BarItem
    "instruments",  # InstrumentedModel of `ivregress`; None when empty
    "imputation",  # ImputationModel of `mi impute`; None when empty
    "prefixed",  # `exp_list, options : command`: Prefixed; None without a colon
    "prefixed_word",  # the same with a word before the expressions: `permute v exp_list : command`
    "pooled",  # `mi estimate [(name: exp) ...] [using file], options : command`: PooledCommand
    "mixed",  # the multiple-equation syntax: the parser returns a MixedCommand instead of a Command
]

OptionKind = Literal[
    "flag",  # value None
    "negatable",  # `log` / `nolog`: value True / False; the entry's name is without `no`
    "integer",
    "number",
    "name",  # one Stata name
    "varname",  # Pattern
    "varlist",  # Varlist
    "expression",  # Expression (Option.text keeps the text)
    "numlist",  # tuple of float
    "newvarlist",  # NewVariables
    "at",  # tuple of AtItem
    "format",  # a %fmt, checked only for its leading %
    "text",  # str as typed; surrounding quotes removed
    "words",  # tuple of str
    "choice",  # one of `choices` by abbreviation; value the full word
    "residuals",  # ResidualSpecification
    "vce",  # VarianceEstimator
]


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One option of a command.

    Attributes
    ----------
    name : str
        Full name, `covariance`.
    minimum : str
        Shortest abbreviation, `cov`; the full name when it may not be abbreviated.
    kind : OptionKind
    help : str
        What it does, half a line.
    choices : tuple of (full word, minimum abbreviation)
        For kind `choice`.
    built : bool
        False: refused by name, with or without a value,
        with r(198) (`option ... is not implemented in xmixed yet`).
    optional_value : bool
        An option that may stand with and without parentheses; its value is None without.
    repeatable : bool
        It may be given several times; its value is then a tuple of values.
    functions : tuple of str
        Argument `call`: the functions that have the option; () all.
    minimum_value, maximum_value : float or None
        Kinds `integer` and `number`: the range that values may lie in, its ends included.
    """

    name: str
    minimum: str
    kind: OptionKind = "flag"
    help: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    built: bool = True
    optional_value: bool = False
    repeatable: bool = False
    minimum_value: float | None = None
    maximum_value: float | None = None
    functions: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        """The name as messages show it: with parentheses when it takes a value."""
        return self.name if self.kind in ("flag", "negatable") else f"{self.name}()"


@dataclass(frozen=True, slots=True)
class Syntax:
    """The shape of a command: which parts it allows and how its argument is parsed.

    Attributes
    ----------
    argument : ArgumentKind
    condition, in_range, using : bool
        Whether `if exp`, `in range`, `using file` may be given.
    several_files : bool
        Behind `using` may stand several files; `Command.using` is then the text of all of them.
    weights : tuple of str
        Weight kinds allowed (`fweight`, `pweight`, `aweight`, `iweight`); () none.
    options : tuple of OptionSpec
    fixed_options, random_options : tuple of OptionSpec
        `mixed` only: options of the fixed-effects and of a random-effects equation.
    exclusive : tuple of tuple of str
        Options of which at most one may be given.
    """

    argument: ArgumentKind = "none"
    condition: bool = False
    in_range: bool = False
    using: bool = False
    several_files: bool = False
    weights: tuple[str, ...] = ()
    options: tuple[OptionSpec, ...] = ()
    fixed_options: tuple[OptionSpec, ...] = ()
    random_options: tuple[OptionSpec, ...] = ()
    exclusive: tuple[tuple[str, ...], ...] = ()


LEVEL = OptionSpec(
    "level", "l", "number", "confidence level; default 95", minimum_value=10, maximum_value=99.99
)
"""The confidence level, which many commands have."""
