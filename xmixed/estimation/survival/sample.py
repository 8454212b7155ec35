"""The estimation sample of survival models: covariates, spells, strata, weights of stset."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.linear.variance import Clusters
from xmixed.estimation.run import settled
from xmixed.estimation.single import SingleSample, Variance, specify
from xmixed.estimation.survival.declared import Declared, declared
from xmixed.expressions.context import Context
from xmixed.language.nodes import Command, Pattern, Weight
from xmixed.language.parser import parse_expression
from xmixed.statistics.grouping import factorise
from xmixed.statistics.survival.risk_sets import Spells


@dataclass(frozen=True, slots=True, eq=False)
class SurvivalSample:
    """A sample of covariates, and what stset has made of its observations.

    Attributes
    ----------
    sample : SingleSample
        y is _t.
    settings : Declared
    spells : Spells
    strata : ndarray of int, shape (n,)
    subjects : float
        How many subjects there are: values of id(), else observations.
    """

    sample: SingleSample
    settings: Declared
    spells: Spells
    strata: np.ndarray
    subjects: float


def survival_sample(
    node: Command, context: Context, constant: bool, strata: Sequence[str] = (), others: Sequence[str] = ()
) -> SurvivalSample:
    """Return the sample of a command whose argument is a list of covariates.

    Raises
    ------
    StataError
        r(119) without stset; r(2000); those of `specify`.
    """
    settings = declared(context.data)
    weight = None
    if settings.weight:
        weight = Weight(settings.weight_kind, parse_expression(settings.weight), settings.weight)
    whole = replace(node, argument=(Pattern("_t", ""), *(node.argument or ())), weight=weight)
    groups = [*strata, *([settings.id] if settings.id else [])]
    sample = specify(
        whole,
        context,
        constant=constant,
        default="oim",
        assumed="fweight",
        groups=groups,
        others=("_t0", "_d", "_st", *others),
    )
    sample = sample.restricted(sample.others["_st"] == 1)
    if not len(sample.y):
        raise StataError(2000, "no observations")
    sample = _clustered(sample, settings)
    sample = settled(sample, constant=not constant)
    values = np.ones(len(sample.y)) if sample.weighting is None else sample.weighting.values
    spells = Spells(sample.others["_t0"], sample.y, sample.others["_d"] == 1, values)
    codes = np.zeros(len(sample.y), dtype=np.int64)
    for name in strata:
        own = factorise(sample.others[name])
        codes = factorise(codes * len(own.levels) + own.codes).codes
    counted = sample.weighting is not None and sample.weighting.kind == "fweight"
    subjects = float(values.sum()) if counted else float(len(sample.y))
    if settings.id:
        subjects = float(len(factorise(sample.others[settings.id]).levels))
    return SurvivalSample(sample, settings, spells, codes, subjects)


def _clustered(sample: SingleSample, settings: Declared) -> SingleSample:
    """Return the sample with subjects as clusters where robust variances are asked for and id() is there."""
    if sample.variance.kind != "robust" or not settings.id:
        return sample
    own = factorise(sample.others[settings.id])
    if len(own.levels) == len(sample.y):
        return sample
    clusters = Clusters(own.codes, len(own.levels))
    return replace(sample, variance=Variance("cluster", settings.id), clusters=clusters)
