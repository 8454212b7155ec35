"""Linear mixed models on numpy arrays: `fit(Model(...))` gives a `Fit`.

The names load on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xmixed.engine.covariance.structures import CovarianceStructure, covariance_structure
    from xmixed.engine.errors import (
        CollinearColumns,
        ConstantOutcome,
        EngineError,
        InsufficientObservations,
        InvalidModel,
        InvalidStart,
        NonFiniteData,
        NoObservations,
        PerfectFit,
        TooManyParameters,
        WeightsNotSupported,
    )
    from xmixed.engine.evaluation import Evaluation, LevelEffects, evaluate, log_likelihood
    from xmixed.engine.fitting import fit, linear_regression, parameters_of
    from xmixed.engine.model import Cells, Level, Model, Options, RandomEffects, Residuals, StructureName
    from xmixed.engine.products.collinearity import find_omitted, omitted_of_products
    from xmixed.engine.resampling import Resampler
    from xmixed.engine.residuals.base import ResidualStructure
    from xmixed.engine.residuals.structures import residual_structure
    from xmixed.engine.result import (
        BoundaryNote,
        EMStep,
        Fit,
        Iteration,
        Optimization,
        Parameter,
        PhaseStarted,
        Progress,
        Regression,
    )

__all__ = [
    "BoundaryNote",
    "Cells",
    "CollinearColumns",
    "ConstantOutcome",
    "CovarianceStructure",
    "EMStep",
    "EngineError",
    "Evaluation",
    "Fit",
    "InsufficientObservations",
    "InvalidModel",
    "InvalidStart",
    "Iteration",
    "Level",
    "LevelEffects",
    "Model",
    "NoObservations",
    "NonFiniteData",
    "Optimization",
    "Options",
    "Parameter",
    "PerfectFit",
    "PhaseStarted",
    "Progress",
    "RandomEffects",
    "Regression",
    "Resampler",
    "ResidualStructure",
    "Residuals",
    "StructureName",
    "TooManyParameters",
    "WeightsNotSupported",
    "covariance_structure",
    "evaluate",
    "find_omitted",
    "fit",
    "linear_regression",
    "log_likelihood",
    "omitted_of_products",
    "parameters_of",
    "residual_structure",
]

_MODULES = {
    "products.collinearity": ("find_omitted", "omitted_of_products"),
    "covariance.structures": ("CovarianceStructure", "covariance_structure"),
    "model": ("Cells", "Level", "Model", "Options", "RandomEffects", "Residuals", "StructureName"),
    "resampling": ("Resampler",),
    "residuals.base": ("ResidualStructure",),
    "residuals.structures": ("residual_structure",),
    "evaluation": ("Evaluation", "LevelEffects", "evaluate", "log_likelihood"),
    "fitting": ("fit", "linear_regression", "parameters_of"),
    "result": (
        "BoundaryNote",
        "EMStep",
        "Fit",
        "Iteration",
        "Optimization",
        "Parameter",
        "PhaseStarted",
        "Progress",
        "Regression",
    ),
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = next((module for module, names in _MODULES.items() if name in names), "errors")
    # Kept: the next who asks does not come here.
    found = globals()[name] = getattr(import_module(f"xmixed.engine.{module}"), name)
    return found
