"""From a specification to a fitted model: engine options, the live log, failures as return codes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from xmixed.errors import StataError
from xmixed.estimation.mixed.log import DETAILS, IterationLog
from xmixed.estimation.mixed.model import (
    RESIDUAL,
    MixedResult,
    RandomEquationSummary,
    VarianceParameter,
)
from xmixed.estimation.mixed.robust import robust_variance
from xmixed.estimation.mixed.start import Start
from xmixed.estimation.mixed.verdict import Diagnosis, diagnose, of_zero_sigma
from xmixed.language.nodes.estimators import MixedCommand

if TYPE_CHECKING:
    from xmixed.engine import EngineError, Fit, Model, Options
    from xmixed.engine.result import Parameter
    from xmixed.estimation.mixed.model import MixedSpecification

TECHNIQUES = {"nr": "nr", "bfgs": "bfgs", "dfp": "dfp"}


@dataclass(frozen=True, slots=True, eq=False)
class FittedModel:
    """A fit and what the command keeps of it."""

    fit: Fit
    result: MixedResult
    diagnosis: Diagnosis


def engine_options(node: MixedCommand) -> Options:
    """Return the engine's options from the command's.

    Raises
    ------
    StataError
        r(198) for values out of range, or an unknown technique.
    """
    from xmixed.engine import Options

    values = {
        name: _positive(node, name) for name in ("emtolerance", "tolerance", "ltolerance", "nrtolerance")
    }
    counts = {name: _count(node, name) for name in ("emiterate", "iterate")}
    given = {
        "em_iterations": counts["emiterate"],
        "em_tolerance": values["emtolerance"],
        "iterate": counts["iterate"],
        "tolerance": values["tolerance"],
        "ltolerance": values["ltolerance"],
        "nrtolerance": values["nrtolerance"],
    }
    return Options(
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
        em_only=bool(node.option("emonly")),
        parameterization="matlog" if node.option("matlog") else "matsqrt",
        technique=_techniques(str(node.option("technique", "nr"))),
        use_nrtolerance=not node.option("nonrtolerance"),
        difficult=bool(node.option("difficult")),
        standard_errors=not node.option("nostderr"),
        detail=any(node.option(name) for name in DETAILS),
    )


def _positive(node: MixedCommand, name: str) -> float | None:
    value = node.option(name)
    if value is not None and not 0 <= value < 1e300:
        raise StataError(198, f"option {name}() must be a nonnegative number", node.options[name].span)
    return value


def _count(node: MixedCommand, name: str) -> int | None:
    value = node.option(name)
    if value is not None and value < 0:
        raise StataError(198, f"option {name}() must be a nonnegative integer", node.options[name].span)
    return value


def _techniques(text: str) -> tuple[tuple[str, int], ...]:
    """Return what `nr 5 bfgs 10` says; a technique without a number has 5 iterations when others follow."""
    words = text.split()
    found: list[tuple[str, int]] = []
    for place, word in enumerate(words):
        if word.isascii() and word.isdigit():
            if place == 0 or words[place - 1].isdigit() or int(word) == 0:
                raise StataError(198, "option technique() invalid")
            found[-1] = (found[-1][0], int(word))
        elif word.lower() in TECHNIQUES:
            found.append((TECHNIQUES[word.lower()], 5))
        elif word.lower() == "bhhh":
            raise StataError(198, "technique bhhh not allowed")
        else:
            raise StataError(198, f"option technique() invalid; {word} is no technique")
    if not found:
        raise StataError(198, "option technique() invalid")
    return ((found[0][0], 0),) if len(found) == 1 else tuple(found)


def run(
    specification: MixedSpecification, options: Options, log: IterationLog, start: Start | None = None
) -> FittedModel:
    """Fit the model, from starting values when `start` gives them.

    Raises
    ------
    StataError
        r(2000), r(2001), r(498), r(1400) for what the engine cannot fit; what `start` raises.
    """
    from xmixed import engine

    model, places = engine_model(specification)
    equations = specification.description.equations
    try:
        found = engine.parameters_of(model)
    except engine.EngineError as error:
        raise as_stata_error(error) from error
    parameters = [variance_parameter(item, places, equations) for item in found]
    log.names = [
        _optimisation_name(item, options.parameterization)
        for item in parameters
        if item.kind != "log_sd_residual"
    ]
    if start is not None:
        if len(parameters) == 1:
            raise StataError(198, "option from() not allowed; the model has no random effects")
        options = replace(options, start=start(parameters))
    if specification.clusters is not None:
        options = replace(options, clusters=(specification.clusters.codes, specification.clusters.count))
    weights = specification.weights
    if weights is not None and weights.summary.kind == "pweight":
        options = replace(options, relative_weights=True)
    try:
        fitted = engine.fit(model, options, log)
    except engine.EngineError as error:
        raise as_stata_error(error) from error
    finally:
        log.flush()
    return _fitted(specification, fitted, places)


def _optimisation_name(parameter: VarianceParameter, metric: str) -> str:
    """Return `sqrt1_1_1`, `log1_1_1_2`: the element of the matrix square root or logarithm.

    The parameters of a residual structure keep their names.
    """
    if parameter.equation == RESIDUAL:
        return parameter.name
    return ("sqrt" if metric == "matsqrt" else "log") + parameter.name[len("lns") :]


def engine_model(specification: MixedSpecification) -> tuple[Model, dict[tuple[int, int], int]]:
    """Return the engine's model, empty equations and levels left out, and where its equations stand in ours.

    The keys of the mapping count the engine's levels and equations from 1.
    """
    from xmixed.engine import Level, Model, RandomEffects

    equations = specification.description.equations
    weights = specification.weights
    levels: list[Level] = []
    places: dict[tuple[int, int], int] = {}
    for number, group in enumerate(specification.levels, start=1):
        blocks = []
        own = [
            place
            for place, equation in enumerate(equations)
            if equation.level_number == number and equation.effects
        ]
        for place in own:
            if specification.factors[place] is None:
                structure = equations[place].structure
                blocks.append(RandomEffects(specification.effects[place], structure))  # type: ignore[arg-type]
                places[len(levels) + 1, len(blocks)] = place
        own_weights = None if weights is None else weights.levels[number - 1]
        if blocks or own_weights is not None:
            levels.append(Level(group.codes, group.n_groups, tuple(blocks), weights=own_weights))
        for place in own:
            factor = specification.factors[place]
            if factor is not None:  # the values of a factor are groups of a level of their own
                structure = equations[place].structure
                within = (group.codes, group.n_groups) if equations[place].form.ties_groups else None
                block = RandomEffects((None,), structure)  # type: ignore[arg-type]
                levels.append(Level(factor.codes, factor.n_groups, (block,), within))
                places[len(levels), 1] = place
    method = specification.description.method
    model = Model(
        specification.y,
        specification.fixed,
        tuple(levels),
        method,  # type: ignore[arg-type]
        specification.residuals,
        weights=None if weights is None or specification.cells is not None else weights.rows,
        cells=specification.cells,
    )
    return model, places


def as_stata_error(error: EngineError) -> StataError:
    from xmixed import engine

    if isinstance(error, engine.NoObservations):
        return StataError(2000, "no observations")
    if isinstance(error, engine.TooManyParameters):
        return StataError(2001, str(error))
    if isinstance(error, engine.InsufficientObservations):
        return StataError(2001, "insufficient observations")
    if isinstance(error, engine.ConstantOutcome):
        return StataError(498, "outcome does not vary; there is nothing to model")
    if isinstance(error, engine.PerfectFit):
        return StataError(
            498, "the fixed effects fit the outcome perfectly; there is no variance left to model"
        )
    if isinstance(error, engine.NonFiniteData):
        return StataError(1400, "numerical overflow")
    if isinstance(error, engine.InvalidStart):
        return StataError(1400, "initial values not feasible", hint=f"from(): {error}")
    if isinstance(error, engine.WeightsNotSupported):
        return StataError(198, str(error))
    return StataError(498, str(error) or "the model cannot be fitted")


def _fitted(
    specification: MixedSpecification, fitted: Fit, places: dict[tuple[int, int], int]
) -> FittedModel:
    import numpy as np

    description = specification.description
    terms = description.terms
    estimated = np.array([not term.status for term in terms], dtype=bool)
    beta = np.zeros(len(terms))
    beta[estimated] = fitted.beta if specification.taken is None else fitted.beta + specification.taken
    covariance = np.zeros((len(terms), len(terms)))
    covariance[np.ix_(estimated, estimated)] = fitted.beta_covariance
    matrices = [np.zeros((0, 0)) for _ in description.equations]
    for (level, equation), place in places.items():
        matrices[place] = np.asarray(fitted.covariances[level - 1][equation - 1])
    parameters = [variance_parameter(item, places, description.equations) for item in fitted.parameters]
    # The engine sees the equations of a level in another order than e(b) when some are R.varname.
    order = sorted(
        range(len(parameters)), key=lambda i: (parameters[i].equation == RESIDUAL, parameters[i].equation)
    )
    ordered = tuple(parameters[i] for i in order)
    parameter_covariance = np.asarray(fitted.parameter_covariance)[np.ix_(order, order)]
    robust = robust_variance(specification, fitted, order)
    if robust is not None:
        size = len(terms)
        covariance, parameter_covariance = robust.variance[:size, :size], robust.variance[size:, size:]
    diagnosis = diagnose(fitted, places, description, ordered, _left_out(specification, fitted))
    result = MixedResult(
        description,
        beta,
        covariance,
        ordered,
        np.asarray(fitted.estimates)[order],
        parameter_covariance,
        tuple(matrices),
        fitted.sigma_e,
        diagnosis.notes,
        None if specification.weights is None else specification.weights.summary,
        robust,
        specification.resolved,
        sigma_is_zero=any(of_zero_sigma(note) for note in fitted.boundary),
    )
    return FittedModel(fitted, result, diagnosis)


def _left_out(specification: MixedSpecification, fitted: Fit) -> list[str]:
    """Return the names of residual parameters that are not in e(b): no observations are that far apart."""
    from xmixed.engine import Parameter

    summary = specification.description.residuals
    if summary is None:
        return []
    notes = (note for note in fitted.boundary if note.kind == "lag_not_seen")
    kind = summary.form.kind
    return [_residual_name(Parameter(kind, 0, note.equation, note.row, 0)) for note in notes]


def variance_parameter(
    item: Parameter,
    places: dict[tuple[int, int], int],
    equations: tuple[RandomEquationSummary, ...],
) -> VarianceParameter:
    if item.kind == "log_sd_residual":
        return VarianceParameter("lnsig_e", item.kind, RESIDUAL)
    if item.kind.startswith("residual_"):
        name = _residual_name(item)
        return VarianceParameter(name, item.kind, RESIDUAL, item.row, item.column, item.equation)
    place = places[item.level, item.equation]
    equation = equations[place]
    stem = f"{equation.level_number}_{equation.equation_number}_{item.row}"
    if item.kind == "log_sd":
        return VarianceParameter(f"lns{stem}", item.kind, place, item.row - 1)
    # The one correlation of an exchangeable equation is that of its first two columns.
    return VarianceParameter(f"atr{stem}_{item.column}", item.kind, place, item.row - 1, item.column - 1)


def _residual_name(item: Parameter) -> str:
    """Return `r_lns2ose`, `r_atr1_1_2`, `r_phi1_2`: by() group, then positions or lag."""
    places = "".join(f"_{place}" for place in (item.row, item.column) if place)
    if item.kind == "residual_log_ratio":
        position = f"_{item.row}" if item.row else ""
        return f"r_lns{item.equation}{position}ose"
    stems = {
        "residual_atanh": "r_atr",
        "residual_atanh_theta": "r_att",
        "residual_phi": "r_phi",
        "residual_theta": "r_theta",
        "residual_logit": "r_logitr",
    }
    # An ma 1 or exponential parameter is the only one of its group, whatever lag the engine gives it.
    single = item.kind in ("residual_atanh_theta", "residual_logit")
    return f"{stems[item.kind]}{item.equation}{'' if single else places}"
