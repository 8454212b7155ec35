"""What mfx computes: the response at one point, its slopes, and discrete changes of variables of 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.delta import Figures, wald_figures
from xmixed.estimation.inference.margins import Margins, MarginsRequest, Setting, compute
from xmixed.language.arguments.margin_terms import AtItem
from xmixed.session.results import Estimates, Matrix


@dataclass(frozen=True, slots=True)
class Effect:
    """The effect of one variable, which stands at `at`; `discrete`: of its change from 0 to 1."""

    name: str
    discrete: bool
    figures: Figures
    at: float


@dataclass(frozen=True, slots=True)
class EffectsAtPoint:
    """The response at a point and its effects."""

    response: float
    effects: tuple[Effect, ...]


def effects_at_point(
    wanted: MarginsRequest,
    setting: Setting,
    coefficients: Coefficients,
    names: Sequence[str],
    discrete: bool,
    level: float,
) -> EffectsAtPoint:
    """Return the effects of some variables at the point that `wanted.at` gives every covariate.

    Parameters
    ----------
    wanted : MarginsRequest
        With the kind of effect.
    names : sequence of str
        Covariates, no factors.
    discrete : bool
        Whether variables of 0 and 1 alone have discrete changes.
    """
    (point,) = wanted.at
    plain = replace(wanted, effect="", variables=())
    held = compute(plain, setting)
    binary = {name for name in names if discrete and _is_binary(setting, name)}
    smooth = [name for name in names if name not in binary]
    found: dict[str, tuple[float, np.ndarray]] = {}
    if smooth:
        request = replace(wanted, variables=tuple(smooth))
        slopes = compute(request, setting)
        found |= {cell.target.name: _row(slopes, place) for place, cell in enumerate(slopes.cells)}
    for name in binary:
        ends = tuple((*point, AtItem((name,), values=(value,))) for value in (0.0, 1.0))
        request = replace(plain, at=ends)
        change = compute(request, setting)
        (low, of_low), (high, of_high) = _row(change, 0), _row(change, 1)
        found[name] = high - low, of_high - of_low
    at = held.points[0][0].fixed
    effects = []
    for name in names:
        estimate, row = found[name]
        variance = float(coefficients.covariance_of(row[None])[0, 0])
        figures, place = wald_figures(estimate, variance, level, None), at[name]
        assert isinstance(place, float), "there are no factors"
        effects.append(Effect(name, name in binary, figures, place))
    return EffectsAtPoint(float(held.b[0]), tuple(effects))


def _row(margins: Margins, place: int) -> tuple[float, np.ndarray]:
    if not margins.estimable[place]:
        raise StataError(459, "marginal effects are not estimable")
    return float(margins.b[place]), margins.jacobian[place]


def _is_binary(setting: Setting, name: str) -> bool:
    values = setting.frame.values(name)
    return bool(np.isin(values, (0.0, 1.0)).all())


def with_effects(
    estimates: Estimates, found: EffectsAtPoint, kind: str, label: str, options: str
) -> Estimates:
    """Return estimates with e(Xmfx_*): what `esttab, margin` shows."""
    names = [effect.name for effect in found.effects]

    def row(values: list[float]) -> Matrix:
        return Matrix(np.array([values]), ["r1"], names)

    matrices = {
        f"Xmfx_{kind}": row([effect.figures.estimate for effect in found.effects]),
        f"Xmfx_se_{kind}": row([effect.figures.standard_error for effect in found.effects]),
        "Xmfx_X": row([effect.at for effect in found.effects]),
    }
    changes = [effect.name for effect in found.effects if effect.discrete]
    macros = {
        "Xmfx_cmd": "mfx",
        "Xmfx_type": kind,
        "Xmfx_discrete": "discrete" if changes else "nodiscrete",
        "Xmfx_dummy": " ".join(changes),
        "Xmfx_variables": " ".join(names),
        "Xmfx_label_p": label,
        "Xmfx_predict": options,
    }
    kept = {name: value for name, value in estimates.macros.items() if not name.startswith("Xmfx_")}
    own = {name: value for name, value in estimates.matrices.items() if not name.startswith("Xmfx_")}
    return replace(
        estimates,
        macros=kept | macros,
        matrices=own | matrices,
        scalars=estimates.scalars | {"Xmfx_y": found.response},
    )
