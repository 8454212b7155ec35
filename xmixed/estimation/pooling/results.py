"""From the e() of each completed dataset to the e() of all of them, with Stata's names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.pooling.joint import Pieces, joint_test
from xmixed.estimation.results import own_estimator
from xmixed.missing import MISSING
from xmixed.session.results import Estimates, Matrix
from xmixed.statistics.imputation.pooling import Pooled, pooled

TITLE = "Multiple-imputation estimates"
_KEPT = (
    *("N_clust", "N_g", "g_min", "g_avg", "g_max", "ibaseout", "k", "k_f", "k_r", "k_eq", "k_cat", "k_out"),
    *("k_dv", "k_aux", "baseout"),
)
"""Scalars of the command that do not differ between imputations."""
_DISPLAYED = (
    *(
        "depvar",
        "title",
        "vce",
        "vcetype",
        "clustvar",
        "offset",
        "baselab",
        "model",
        "ivar",
        "absvar",
        "over",
    ),
    *("dispers", "wtype", "wexp", "ivars"),
)
"""Macros of the command that the display needs."""
WITHIN = {"ols": "OLS", "oim": "OIM", "conventional": "Conventional", "analytic": "Analytic"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What was estimated, and how it is pooled.

    Attributes
    ----------
    command, cmdline : str
        Behind the colon, and the whole line.
    count : int
        Imputations in the data.
    numbers : tuple of int
        Those that were used.
    small : bool
        Degrees of freedom of small samples, where the command has some.
    unrestricted : bool
        The test of the model does not take fractions of missing information as equal.
    level : float
    post : bool
    varying : bool
        The estimation sample differs between imputations.
    expressions : tuple of (name, text)
    """

    command: str
    cmdline: str
    count: int
    numbers: tuple[int, ...]
    small: bool
    unrestricted: bool
    level: float
    post: bool
    varying: bool
    expressions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Transformed:
    """Functions of the coefficients in each imputation: values (M, q), and covariances (M, q, q)."""

    values: np.ndarray
    variances: np.ndarray


def check_alike(runs: Sequence[Estimates], numbers: Sequence[int]) -> None:
    """Refuse estimates that have not the same coefficients; r(498)."""
    first = runs[0].matrices["b"].column_names
    for run, number in zip(runs[1:], numbers[1:], strict=True):
        if run.matrices["b"].column_names != first:
            raise StataError(
                498,
                f"omitted terms vary\nthe set of omitted variables or categories is not consistent between "
                f"m={numbers[0]} and m={number}",
                hint="leave out terms that some imputations cannot estimate",
            )


def pooled_estimates(runs: Sequence[Estimates], plan: Plan, transformed: Transformed | None) -> Estimates:
    """Return e() of the pooled estimates, without a mark.

    Parameters
    ----------
    runs : sequence of Estimates
        e() of the command in each imputation, with the same coefficients.
    """
    first = runs[0]
    coefficients = [Coefficients.of(run) for run in runs]
    complete = _complete_df(runs) if plan.small else None
    found = pooled(
        np.array([own.b for own in coefficients]), np.array([own.V for own in coefficients]), complete
    )
    names = list(coefficients[0].names)
    e = Estimates(
        {name: first.scalars[name] for name in _KEPT if name in first.scalars},
        {name: first.macros[name] for name in _DISPLAYED if name in first.macros},
        payload=_payload(first, found),
    )
    for name in ("N_g", "g_min", "g_avg", "g_max", "_N", "error", "tmap"):
        if name in first.matrices:
            e.matrices[name] = first.matrices[name]
    e.macros |= _macros(first, plan, complete)
    e.scalars |= _scalars(runs, plan, complete)
    _put(e, "", found, names)
    _put_test(e, plan)
    if transformed is not None:
        own = pooled(transformed.values, transformed.variances, complete)
        _put(e, "_Q", own, [name for name, _ in plan.expressions])
        e.scalars["k_exp_mi"] = float(len(plan.expressions))
        e.macros["expnames_mi"] = " ".join(name for name, _ in plan.expressions)
        e.macros |= {f"exp{place}_mi": text for place, (_, text) in enumerate(plan.expressions, 1)}
    if plan.post:
        _post(e, first)
    return e


def _complete_df(runs: Sequence[Estimates]) -> float | None:
    found = [run.scalars.get("df_r", MISSING) for run in runs]
    smallest = min(found)
    return smallest if smallest < MISSING and all(df < MISSING for df in found) else None


def _macros(first: Estimates, plan: Plan, complete: float | None) -> dict[str, str]:
    command = first.macros.get("cmd", "")
    vcetype = first.macros.get("vcetype", "")
    within = vcetype or WITHIN.get(first.macros.get("vce", ""), "")
    if command in ("xtmixed", "mixed") and not vcetype:
        within = ""  # Stata: the header of mixed models does not say it
    macros = {
        "mi": "mi",
        "cmdline_mi": plan.cmdline,
        "prefix_mi": "mi estimate",
        "cmd_mi": command,
        "command_mi": plan.command,
        "title_mi": TITLE,
        "wvce_mi": within,
        "modeltest_mi": "Unrestricted" if plan.unrestricted else "Equal FMI",
        "dfadjust_mi": "Large sample" if complete is None else "Small sample",
        "m_mi": " ".join(map(str, plan.numbers)),
        "m_est_mi": " ".join(map(str, plan.numbers)),
        "cmd": "mi estimate",
        "cmdline": plan.cmdline,
    }
    return {name: text for name, text in macros.items() if text}


def _scalars(runs: Sequence[Estimates], plan: Plan, complete: float | None) -> dict[str, float]:
    sizes = [run.scalars.get("N", MISSING) for run in runs]
    scalars = {
        "M_mi": float(len(runs)),
        "N": min(sizes),
        "N_mi": min(sizes),
        "N_min_mi": min(sizes),
        "N_max_mi": max(sizes),
        "cilevel_mi": plan.level,
        "esampvary_mi": float(plan.varying),
        "ufmi_mi": float(plan.unrestricted),
    }
    boundary = sum(run.scalars.get("k_boundary", 0.0) > 0 for run in runs)
    if boundary:
        scalars["boundary_mi"] = float(boundary)  # ours
    return scalars if complete is None else scalars | {"df_c_mi": complete}


def _put(e: Estimates, suffix: str, found: Pooled, names: list[str]) -> None:
    """Put pooled figures into e(), those of transformations under names with _Q."""
    vectors = {
        "b": found.b,
        "df": found.df,
        "rvi": found.rvi,
        "fmi": found.fmi,
        "re": found.efficiency,
        "pise": found.increase,
    }
    e.matrices |= {f"{name}{suffix}_mi": Matrix(v[None, :], ["y1"], names) for name, v in vectors.items()}
    squares = {"V": found.total, "W": found.within, "B": found.between}
    e.matrices |= {f"{name}{suffix}_mi": Matrix(matrix, names, names) for name, matrix in squares.items()}
    used = np.diag(found.total) > 0
    rvi, df, fmi = found.rvi[used], found.df[used], found.fmi[used]
    e.scalars |= {
        f"rvi_avg{suffix}_mi": float(rvi.mean()) if used.any() else MISSING,
        f"fmi_max{suffix}_mi": float(fmi.max(initial=0.0)),
        f"df_min{suffix}_mi": float(df.min()) if used.any() else MISSING,
        f"df_avg{suffix}_mi": float(df.mean()) if used.any() and df.max() < MISSING else MISSING,
        f"df_max{suffix}_mi": float(df.max()) if used.any() else MISSING,
    }


def _put_test(e: Estimates, plan: Plan) -> None:
    """Put the test of all covariates into e(), where there are any."""
    estimator = own_estimator(command_estimates(e))
    if estimator is None:
        return
    terms = estimator.terms(command_estimates(e))
    places = [i for i, term in enumerate(terms) if term is not None and term.parts and not term.status]
    pieces = Pieces.of(e)
    rows = np.eye(len(pieces.b))[places]
    if not places:
        return
    _, test = joint_test(rows, np.zeros(len(places)), pieces, plan.unrestricted)
    e.scalars |= {
        "F_mi": test.statistic,
        "df_m_mi": float(test.df),
        "df_r_mi": test.df_residual,
        "p_mi": test.p_value,
        "rvi_avg_F_mi": test.rvi,
    }


def command_estimates(e: Estimates) -> Estimates:
    """Return pooled results as those of the command: e(b), e(V), its name, no head of robust errors."""
    macros = {name: text for name, text in e.macros.items() if name != "vcetype"}
    matrices = {**e.matrices, "b": e.matrices["b_mi"], "V": e.matrices["V_mi"]}
    return replace(e, macros={**macros, "cmd": e.macros.get("cmd_mi", "")}, matrices=matrices)


def _payload(first: Estimates, found: Pooled) -> object:
    """Return what the estimator keeps, pooled where it holds figures of its own."""
    from xmixed.estimation.mixed.model import MixedResult
    from xmixed.estimation.pooling.mixed import pooled_mixed

    if isinstance(first.payload, MixedResult):
        return pooled_mixed(first.payload, found.b, found.total)
    return first.payload


def _post(e: Estimates, first: Estimates) -> None:
    """Make pooled estimates e(b) and e(V), and the command e(cmd)."""
    e.matrices |= {"b": e.matrices["b_mi"], "V": e.matrices["V_mi"]}
    for name in ("predict", "estat_cmd", "marginsok", "properties", "chi2type"):
        if name in first.macros:
            e.macros[name] = first.macros[name]
    e.macros["cmd"] = first.macros.get("cmd", "")
    e.macros["cmdline"] = first.macros.get("cmdline", "")
