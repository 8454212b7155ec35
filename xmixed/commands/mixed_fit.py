"""From a specification to a fitted model: engine options, the live log, failures as return codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from xmixed.commands.mixed_model import (
    RESIDUAL,
    MixedResult,
    RandomEquationSummary,
    VarianceParameter,
)
from xmixed.errors import StataError
from xmixed.language.nodes import MixedCommand
from xmixed.render.mixed_header import EM_TITLE, ERRORS_TITLE, GRADIENT_TITLE, render_iteration
from xmixed.session.output import Output

if TYPE_CHECKING:
    from xmixed.commands.mixed_specification import MixedSpecification
    from xmixed.engine import EngineError, Fit, Model, Options
    from xmixed.engine.result import BoundaryNote, EMStep, Parameter, Progress

TECHNIQUES = {"nr": "nr", "bfgs": "bfgs", "dfp": "dfp"}
DOTS_PER_LINE = 50


@dataclass(frozen=True, slots=True, eq=False)
class FittedModel:
    """A fit and what the command keeps of it."""

    fit: Fit
    result: MixedResult


class IterationLog:
    """Prints the engine's progress while it runs.

    Parameters
    ----------
    out : Output
    label : str
        `log likelihood` or `log restricted-likelihood`.
    show : bool
        False for `nolog`: nothing is printed.
    em_log, em_dots : bool
        How EM iterations are shown; neither hides them.
    """

    def __init__(self, out: Output, label: str, show: bool, em_log: bool, em_dots: bool) -> None:
        self.out, self.label, self.show = out, label, show
        self.em_log, self.em_dots = em_log, em_dots
        self.fresh_phase = False
        self.dots = 0

    def __call__(self, event: Progress) -> None:
        if not self.show:
            return
        from xmixed.engine.result import EMStep, Iteration, PhaseStarted

        if isinstance(event, PhaseStarted):
            self.flush()
            title = {"em": EM_TITLE, "gradient": GRADIENT_TITLE, "standard_errors": ERRORS_TITLE}
            self.out.write("", title[event.phase])
            self.fresh_phase = True
        elif isinstance(event, EMStep):
            self._em_step(event)
        elif isinstance(event, Iteration):
            remark = "(not concave)" if event.not_concave else "(backed up)" if event.backed_up else ""
            self._iteration(event.number, event.log_likelihood, remark)

    def _em_step(self, event: EMStep) -> None:
        if self.em_log:
            self._iteration(event.number, event.log_likelihood, "")
        elif self.em_dots:
            self.dots += 1
            if self.dots == DOTS_PER_LINE:
                self.flush()

    def _iteration(self, number: int, log_likelihood: float, remark: str) -> None:
        if self.fresh_phase:
            self.out.write("")
            self.fresh_phase = False
        self.out.write(render_iteration(number, self.label, log_likelihood, remark))

    def flush(self) -> None:
        """Print the dots that wait for their line to fill."""
        if self.dots:
            if self.fresh_phase:
                self.out.write("")
                self.fresh_phase = False
            self.out.write("." * self.dots)
            self.dots = 0


def engine_options(node: MixedCommand) -> Options:
    """Return the engine's options from the command's.

    Raises
    ------
    StataError
        r(198) for values out of range, an unknown technique, or options that contradict each other.
    """
    from xmixed.engine import Options

    if node.option("matsqrt") and node.option("matlog"):
        raise StataError(198, "options matsqrt and matlog may not be combined")
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
        if word.isdigit():
            if place == 0 or words[place - 1].isdigit() or word == "0":
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


def run(specification: MixedSpecification, options: Options, log: IterationLog) -> FittedModel:
    """Fit the model.

    Raises
    ------
    StataError
        r(2000), r(2001), r(498), r(1400) for what the engine cannot fit.
    """
    from xmixed import engine

    model, places = _engine_model(specification)
    try:
        fitted = engine.fit(model, options, log)
    except engine.EngineError as error:
        raise _as_stata_error(error) from error
    finally:
        log.flush()
    return FittedModel(fitted, _result(specification, fitted, places))


def _engine_model(specification: MixedSpecification) -> tuple[Model, dict[tuple[int, int], int]]:
    """Return the engine's model, empty equations and levels left out, and where its equations stand in ours.

    The keys of the mapping count the engine's levels and equations from 1.
    """
    from xmixed.engine import Level, Model, RandomEffects

    equations = specification.description.equations
    levels: list[Level] = []
    places: dict[tuple[int, int], int] = {}
    for number, group in enumerate(specification.levels, start=1):
        blocks = []
        for place, equation in enumerate(equations):
            if equation.level_number == number and equation.effects:
                blocks.append(RandomEffects(specification.effects[place], equation.structure))  # type: ignore[arg-type]
                places[len(levels) + 1, len(blocks)] = place
        if blocks:
            levels.append(Level(group.codes, group.n_groups, tuple(blocks)))
    method = specification.description.method
    return Model(specification.y, specification.fixed, tuple(levels), method), places  # type: ignore[arg-type]


def _as_stata_error(error: EngineError) -> StataError:
    from xmixed import engine

    if isinstance(error, engine.NoObservations):
        return StataError(2000, "no observations")
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
    return StataError(498, str(error) or "the model cannot be fitted")


def _result(
    specification: MixedSpecification, fitted: Fit, places: dict[tuple[int, int], int]
) -> MixedResult:
    import numpy as np

    description = specification.description
    terms = description.terms
    estimated = np.array([not term.status for term in terms], dtype=bool)
    beta = np.zeros(len(terms))
    beta[estimated] = fitted.beta
    covariance = np.zeros((len(terms), len(terms)))
    covariance[np.ix_(estimated, estimated)] = fitted.beta_covariance
    matrices = [np.zeros((0, 0)) for _ in description.equations]
    for (level, equation), place in places.items():
        matrices[place] = np.asarray(fitted.covariances[level - 1][equation - 1])
    parameters = tuple(_parameter(item, places, description.equations) for item in fitted.parameters)
    notes = (_note(note, places, description.equations) for note in fitted.boundary)
    return MixedResult(
        description,
        beta,
        covariance,
        parameters,
        np.asarray(fitted.estimates),
        np.asarray(fitted.parameter_covariance),
        tuple(matrices),
        fitted.sigma_e,
        tuple(dict.fromkeys(notes)),
    )


def _parameter(
    item: Parameter,
    places: dict[tuple[int, int], int],
    equations: tuple[RandomEquationSummary, ...],
) -> VarianceParameter:
    if item.kind == "log_sd_residual":
        return VarianceParameter("lnsig_e", item.kind, RESIDUAL)
    place = places[item.level, item.equation]
    equation = equations[place]
    stem = f"{equation.level_number}_{equation.equation_number}_{item.row}"
    if item.kind == "log_sd":
        return VarianceParameter(f"lns{stem}", item.kind, place, item.row - 1)
    # An exchangeable equation has one correlation, which stands for every pair.
    row, column = (0, 1) if equation.structure == "exchangeable" else (item.row - 1, item.column - 1)
    return VarianceParameter(f"atr{stem}_{item.column}", item.kind, place, row, column)


def _note(
    note: BoundaryNote, places: dict[tuple[int, int], int], equations: tuple[RandomEquationSummary, ...]
) -> str:
    """Return a remark of the engine in words that name the component."""
    if note.kind == "residual_variance_zero":
        return "the residual variance is zero; its standard error is not computed."
    if note.kind == "standard_errors_failed":
        return "standard-error calculation has failed; the standard errors of the random effects are missing."
    where = ""
    names: tuple[str, ...] = ()
    if (note.level, note.equation) in places:
        equation = equations[places[note.level, note.equation]]
        where = f" at level {equation.level}"
        if equation.structure in ("identity", "exchangeable"):
            names = equation.effects
        else:
            names = tuple(equation.effects[i - 1] for i in dict.fromkeys((note.row, note.column)) if i > 0)
    listed = " and ".join(names) if len(names) < 3 else f"{', '.join(names[:-1])} and {names[-1]}"
    boundary = "on the boundary of the parameter space"
    texts = {
        "variance_zero": f"the variance of {listed}{where} is {boundary} (zero); "
        "its standard error is not computed.",
        "correlation_limit": f"the correlation of {listed}{where} is {boundary} (-1 or 1); "
        "its standard error is not computed.",
        "covariance_singular": f"the covariance matrix{where} is singular, {boundary}; "
        "its standard errors are not computed.",
        "not_identified": f"the variance of {listed}{where} is not identified by these data; "
        "its standard error is not computed.",
    }
    return texts.get(note.kind, note.kind)
