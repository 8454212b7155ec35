"""The problems of the benchmark: models, and their data made in memory from fixed seeds (numpy only).

Simulated outcomes are rounded to six decimals and covariates to four, so that a problem written to another
format holds the same doubles. `sleepstudy` and `insteval` are the files of `datasets/`.

Usage: python benchmarks/problems.py FOLDER [NAME ...]    writes columns as FOLDER/NAME/COLUMN.npy
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Columns = dict[str, np.ndarray]
"""Covariates and outcome float64, grouping variables int32 from 1 on; all of shape (n,)."""

DATASETS = Path(__file__).parent.parent / "datasets"
COVARIATES = ("x1", "x2", "x3", "x4", "x5")


@dataclass(frozen=True, slots=True)
class RandomTerm:
    """Random effects of one grouping variable: the constant and `slopes`, unstructured."""

    group: str
    slopes: tuple[str, ...] = ()

    @property
    def formula(self) -> str:
        return f"({' + '.join(('1', *self.slopes))} | {self.group})"


@dataclass(frozen=True, slots=True)
class ResidualTerm:
    """The structure of the residuals within `group`; `time` and `by` are columns.

    `structure` and `order` are the engine's, `correlation` and `weights` what nlme calls the same.
    """

    group: str
    structure: str
    order: int = 0
    time: str | None = None
    by: str | None = None
    correlation: str = "NULL"
    weights: str = "NULL"

    @property
    def text(self) -> str:
        """The option of our command."""
        head = f"{self.structure} {self.order}" if self.order else self.structure
        options = [f"{name}({column})" for name, column in (("t", self.time), ("by", self.by)) if column]
        return f"residuals({', '.join((head, *options[:1]))}{''.join(f' {one}' for one in options[1:])})"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(name for name in (self.time, self.by, self.group) if name)


@dataclass(frozen=True, slots=True)
class Problem:
    """A model and its data.

    Attributes
    ----------
    outcome : str
    fixed : tuple of str
        Covariates of the fixed part, which has a constant.
    random : tuple of RandomTerm
        Nested ones from the largest groups down.
    crossed : bool
        Whether the grouping variables are crossed.
    command : str
        The same model as a command of ours.
    make : callable
        Makes the columns.
    make_small : callable
        Makes a small problem of the same form, to run once before measuring.
    large : bool
        Left out unless asked for by name.
    residuals : ResidualTerm or None
        None: independent residuals with one variance.
    """

    outcome: str
    fixed: tuple[str, ...]
    random: tuple[RandomTerm, ...]
    crossed: bool
    command: str
    make: Callable[[], Columns]
    make_small: Callable[[], Columns]
    large: bool = False
    residuals: ResidualTerm | None = None

    @property
    def formula(self) -> str:
        """The model as lme4 writes it, without the structure of the residuals."""
        return f"{self.outcome} ~ " + " + ".join(("1", *self.fixed, *(term.formula for term in self.random)))

    @property
    def title(self) -> str:
        """The model with everything."""
        return self.formula if self.residuals is None else f"{self.formula}, {self.residuals.text}"

    @property
    def groups(self) -> tuple[str, ...]:
        own = (self.residuals.group,) if self.residuals else ()
        return tuple(dict.fromkeys((*(term.group for term in self.random), *own)))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the model names, each once."""
        slopes = (slope for term in self.random for slope in term.slopes)
        own = self.residuals.columns if self.residuals else ()
        return tuple(dict.fromkeys((self.outcome, *self.fixed, *slopes, *own, *self.groups)))


def two_level(rows: int, groups: int, seed: int) -> Columns:
    """Random constant and slope of x1; unbalanced groups of two rows or more, sorted.

    x1 and x2 vary within groups, x3 is binary, x4 constant within groups, x5 of both kinds.
    """
    random = np.random.default_rng(seed)
    sizes = 2 + random.multinomial(rows - 2 * groups, random.dirichlet(np.full(groups, 4.0)))
    g = np.repeat(np.arange(groups, dtype=np.int32), sizes)
    x1 = random.standard_normal(rows).round(4)
    x2 = random.standard_normal(rows).round(4)
    x3 = (random.random(rows) < 0.4).astype(np.float64)
    x4 = random.standard_normal(groups).round(4)[g]
    x5 = (0.5 * x1 + random.standard_normal(rows) + random.standard_normal(groups)[g]).round(4)
    b = random.standard_normal((groups, 2)) @ _factor((1.2, 0.5), 0.3).T
    fixed = 1 + 0.5 * x1 - 0.3 * x2 + 0.2 * x3 + 0.4 * x4 + 0.1 * x5
    y = fixed + b[g, 0] + b[g, 1] * x1 + 1.5 * random.standard_normal(rows)
    return {"y": y.round(6), "x1": x1, "x2": x2, "x3": x3, "x4": x4, "x5": x5, "g": g + 1}


def three_level(rows: int, tops: int, per_top: int, seed: int) -> Columns:
    """Random constant and slope of x1 in g3, random constant in g2 within g3; g2 is unique overall."""
    random = np.random.default_rng(seed)
    groups = tops * per_top
    sizes = 1 + random.multinomial(rows - groups, np.full(groups, 1 / groups))
    g2 = np.repeat(np.arange(groups, dtype=np.int32), sizes)
    g3 = (g2 // per_top).astype(np.int32)
    x1 = random.standard_normal(rows).round(4)
    x2 = random.standard_normal(rows).round(4)
    x3 = (random.random(rows) < 0.4).astype(np.float64)
    x4 = random.standard_normal(groups).round(4)[g2]
    x5 = random.standard_normal(tops).round(4)[g3]
    b = random.standard_normal((tops, 2)) @ _factor((0.8, 0.4), -0.2).T
    c = 0.9 * random.standard_normal(groups)
    fixed = 1 + 0.5 * x1 - 0.3 * x2 + 0.2 * x3 + 0.4 * x4 + 0.1 * x5
    y = fixed + b[g3, 0] + b[g3, 1] * x1 + c[g2] + 1.5 * random.standard_normal(rows)
    return {"y": y.round(6), "x1": x1, "x2": x2, "x3": x3, "x4": x4, "x5": x5, "g3": g3 + 1, "g2": g2 + 1}


def crossed(rows: int, a_groups: int, b_groups: int, seed: int, skew: float = 0.0) -> Columns:
    """Two crossed random constants, pairs at random, rows in random order.

    With `skew` > 0 the popularity of the groups of b falls as a power of their rank.
    """
    random = np.random.default_rng(seed)
    a = np.concatenate([np.arange(a_groups), random.integers(0, a_groups, rows - a_groups)]).astype(np.int32)
    popularity = np.arange(1, b_groups + 1) ** -skew
    b = random.choice(b_groups, rows, p=popularity / popularity.sum()).astype(np.int32)
    b[:b_groups] = np.arange(b_groups)
    x1 = random.standard_normal(rows).round(4)
    x2 = (random.random(rows) < 0.4).astype(np.float64)
    effects = 0.8 * random.standard_normal(a_groups)[a] + 0.5 * random.standard_normal(b_groups)[b]
    y = 1 + 0.5 * x1 - 0.3 * x2 + effects + 1.2 * random.standard_normal(rows)
    order = random.permutation(rows)
    return {"y": y.round(6)[order], "x1": x1[order], "x2": x2[order], "a": a[order] + 1, "b": b[order] + 1}


def serial(groups: int, occasions: int, seed: int, rho: float = 0.6) -> Columns:
    """Random constant in g, autoregressive residuals over t with deviation 1.4 where sex is 1, else 1."""
    random = np.random.default_rng(seed)
    rows = groups * occasions
    g = np.repeat(np.arange(groups, dtype=np.int32), occasions)
    t = np.tile(np.arange(1.0, occasions + 1), groups)
    sex = (g % 2).astype(np.float64)
    e = random.standard_normal((groups, occasions))
    for k in range(1, occasions):
        e[:, k] = rho * e[:, k - 1] + np.sqrt(1 - rho**2) * e[:, k]
    x1 = random.standard_normal(rows).round(4)
    x2 = random.standard_normal(groups).round(4)[g]
    effects = 0.8 * random.standard_normal(groups)[g]
    y = 1 + 0.5 * x1 - 0.3 * x2 + 0.02 * t + effects + np.where(sex == 1, 1.4, 1.0) * e.ravel()
    return {"y": y.round(6), "x1": x1, "x2": x2, "t": t, "sex": sex, "g": g + 1}


def occasions(groups: int, count: int, seed: int) -> Columns:
    """Residuals with any covariance matrix over a few occasions t, and no random effects."""
    random = np.random.default_rng(seed)
    factor = np.tril(0.35 * random.standard_normal((count, count))) + np.diag(np.linspace(1.0, 1.6, count))
    g = np.repeat(np.arange(groups, dtype=np.int32), count)
    t = np.tile(np.arange(1.0, count + 1), groups)
    x1 = random.standard_normal(groups * count).round(4)
    y = 1 + 0.5 * x1 + 0.3 * t + (random.standard_normal((groups, count)) @ factor.T).ravel()
    return {"y": y.round(6), "x1": x1, "t": t, "g": g + 1}


def shipped(name: str, groups: tuple[str, ...], rows: int | None = None) -> Columns:
    """Read a file of `datasets/`, or its first rows."""
    from xmixed.data.files.dta.reader import read_dta

    data = read_dta(DATASETS / f"{name}.dta")
    return {
        variable.name: variable.to_double()[:rows].astype(np.int32 if variable.name in groups else np.float64)
        for variable in data.variables
    }


def _factor(deviations: tuple[float, float], correlation: float) -> np.ndarray:
    first, second = deviations
    covariance = correlation * first * second
    return np.linalg.cholesky(np.array([[first**2, covariance], [covariance, second**2]]))


def _two_level(rows: int, groups: int, seed: int, large: bool = False) -> Problem:
    return Problem(
        outcome="y",
        fixed=COVARIATES,
        random=(RandomTerm("g", ("x1",)),),
        crossed=False,
        command="xmixed y x1 x2 x3 x4 x5 || g: x1, covariance(unstructured)",
        make=lambda: two_level(rows, groups, seed),
        make_small=lambda: two_level(2_000, 100, seed),
        large=large,
    )


def _crossed(
    rows: int, a_groups: int, b_groups: int, seed: int, skew: float = 0.0, large: bool = False
) -> Problem:
    return Problem(
        outcome="y",
        fixed=("x1", "x2"),
        random=(RandomTerm("a"), RandomTerm("b")),
        crossed=True,
        command="xmixed y x1 x2 || _all: R.b || a:",
        make=lambda: crossed(rows, a_groups, b_groups, seed, skew),
        make_small=lambda: crossed(2_000, 100, 20, seed, skew),
        large=large,
    )


def _serial(residuals: ResidualTerm) -> Problem:
    return Problem(
        outcome="y",
        fixed=("x1", "x2", "t"),
        random=(RandomTerm("g"),),
        crossed=False,
        command=f"xmixed y x1 x2 t || g:, {residuals.text}",
        make=lambda: serial(2_000, 50, 108),
        make_small=lambda: serial(60, 10, 108),
        residuals=residuals,
    )


def _occasions(residuals: ResidualTerm) -> Problem:
    return Problem(
        outcome="y",
        fixed=("x1", "t"),
        random=(),
        crossed=False,
        command=f"xmixed y x1 t || g:, noconstant {residuals.text}",
        make=lambda: occasions(25_000, 4, 109),
        make_small=lambda: occasions(150, 4, 109),
        residuals=residuals,
    )


AR1 = "corAR1(form = ~ t | g)"
BY_SEX = "varIdent(form = ~ 1 | sex)"

PROBLEMS: dict[str, Problem] = {
    "sleepstudy": Problem(
        outcome="reaction",
        fixed=("days",),
        random=(RandomTerm("subject", ("days",)),),
        crossed=False,
        command="xmixed reaction days || subject: days, covariance(unstructured)",
        make=lambda: shipped("sleepstudy", ("subject",)),
        make_small=lambda: shipped("sleepstudy", ("subject",)),
    ),
    "twolev_100k": _two_level(100_000, 5_000, 101),
    "twolev_1m": _two_level(1_000_000, 50_000, 102),
    "twolev_10m": _two_level(10_000_000, 500_000, 103, large=True),
    "threelev_1m": Problem(
        outcome="y",
        fixed=COVARIATES,
        random=(RandomTerm("g3", ("x1",)), RandomTerm("g2")),
        crossed=False,
        command="xmixed y x1 x2 x3 x4 x5 || g3: x1, covariance(unstructured) || g2:",
        make=lambda: three_level(1_000_000, 1_000, 20, 104),
        make_small=lambda: three_level(2_000, 40, 5, 104),
    ),
    "insteval": Problem(
        outcome="y",
        fixed=("service",),
        random=(RandomTerm("s"), RandomTerm("d"), RandomTerm("deptsvc")),
        crossed=True,
        command="xmixed y service || _all: R.deptsvc || _all: R.d || s:",
        make=lambda: shipped("insteval", ("s", "d", "deptsvc")),
        make_small=lambda: shipped("insteval", ("s", "d", "deptsvc"), 5_000),
    ),
    "crossed_100k": _crossed(100_000, 4_000, 400, 105),
    "crossed_1m": _crossed(1_000_000, 20_000, 2_000, 106),
    "crossed_5m": _crossed(5_000_000, 100_000, 5_000, 107, skew=0.7, large=True),
    "ar1_100k": _serial(ResidualTerm("g", "ar", 1, "t", correlation=AR1)),
    "ar1_var_100k": _serial(ResidualTerm("g", "ar", 1, "t", "sex", AR1, BY_SEX)),
    "exp_100k": _serial(ResidualTerm("g", "exponential", 0, "t", correlation="corCAR1(form = ~ t | g)")),
    "var_100k": _serial(ResidualTerm("g", "independent", by="sex", weights=BY_SEX)),
    "unstr_100k": _occasions(
        ResidualTerm(
            "g",
            "unstructured",
            time="t",
            correlation="corSymm(form = ~ t | g)",
            weights="varIdent(form = ~ 1 | t)",
        )
    ),
}


def write(name: str, folder: Path) -> Path:
    """Write the columns of a problem and of its small form, unless they are there; return their folder."""
    problem = PROBLEMS[name]
    place = folder / name
    if (place / "done").exists():
        return place
    for where, columns in ((place, problem.make()), (place / "small", problem.make_small())):
        where.mkdir(parents=True, exist_ok=True)
        for column in problem.columns:
            np.save(where / f"{column}.npy", columns[column])
    (place / "done").touch()
    return place


def read(name: str, place: Path) -> Columns:
    """Read what `write` wrote."""
    return {column: np.load(place / f"{column}.npy") for column in PROBLEMS[name].columns}


def main() -> None:
    """Write problems to a folder."""
    parser = argparse.ArgumentParser(description="Write the columns of problems as .npy files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PROBLEMS))
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(PROBLEMS)
    if unknown:
        parser.error(f"no such problem: {', '.join(sorted(unknown))}")
    for name in arguments.names or [name for name, problem in PROBLEMS.items() if not problem.large]:
        print(write(name, arguments.folder))


if __name__ == "__main__":
    main()
