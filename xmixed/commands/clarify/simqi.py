"""simqi: quantities of interest by simulated parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from xmixed.commands.clarify.values import Covariates, changes_of, missing_free
from xmixed.commands.registry import command
from xmixed.data.dataset import Variable, default_format
from xmixed.errors import StataError
from xmixed.estimation.simulated.model import (
    COUNTS,
    LINEAR,
    SimulatedModel,
    set_values,
    simulated_model,
)
from xmixed.estimation.simulated.quantities import (
    TRANSFORMATIONS,
    Draws,
    expected_values,
    predicted_values,
    probability_of,
    summaries,
)
from xmixed.expressions.context import Context
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.render.layouts.estimation.simulated import render_change, render_quantities, render_settings
from xmixed.session.state import SessionState
from xmixed.session.stored import SIMULATED

QUANTITIES = (
    OptionSpec("pr", "pr", help="probabilities of all outcomes"),
    OptionSpec("prval", "prval", "numlist", "probabilities of these values"),
    OptionSpec("genpr", "genpr", "words", "new variables of simulated probabilities"),
    OptionSpec("ev", "ev", help="expected values"),
    OptionSpec("genev", "genev", "name", "new variable of simulated expected values"),
)
PREDICTED = (
    OptionSpec("pv", "pv", help="predicted values"),
    OptionSpec("genpv", "genpv", "name", "new variable of simulated predicted values"),
)
OTHERS = (
    OptionSpec("fd", "fd", "text", "first differences of quantities", repeatable=True),
    OptionSpec("changex", "changex", "text", "covariate and its two values; several with &", repeatable=True),
    OptionSpec(
        "tfunc",
        "tfunc",
        "choice",
        "transformation of y",
        choices=tuple((name, name) for name in TRANSFORMATIONS),
    ),
    OptionSpec("listx", "listx", help="show the values of the covariates"),
    OptionSpec("msims", "msims", "integer", built=False),
    LEVEL,
)

Shown = dict[str, np.ndarray]
Quantity = Callable[[Draws], np.ndarray]


@dataclass
class Simulation:
    """One `simqi`: what it simulates from, and the variables that it makes."""

    model: SimulatedModel
    values: np.ndarray
    x: dict[str, float]
    generator: np.random.Generator
    transform: Callable[[np.ndarray], np.ndarray]
    made: Shown = field(default_factory=dict)

    def at(self, change: dict[str, float]) -> Draws:
        return Draws(self.model, self.values, self.x | change)

    def shown(self, node: Command, compute: Callable[[Quantity], np.ndarray], d: str) -> Shown:
        """Return the quantities that a list of options asks for; all of the model where it asks for none."""
        out: Shown = {}
        wants_pr = any(name in node.options for name in ("pr", "prval", "genpr"))
        wants_ev = any(name in node.options for name in ("ev", "genev"))
        wants_pv = any(name in node.options for name in ("pv", "genpv"))
        if not (wants_pr or wants_ev or wants_pv):
            wants_ev = self.model.command in (*LINEAR, *COUNTS)
            wants_pr = not wants_ev
        if wants_ev:
            out[f"{d}E({self.model.depvar})"] = compute(lambda draws: self.transform(expected_values(draws)))
            self._make(node, "genev", [out[f"{d}E({self.model.depvar})"]])
        if wants_pv:
            name = self.model.depvar
            out[name] = compute(lambda draws: self.transform(predicted_values(draws, self.generator)))
            self._make(node, "genpv", [out[name]])
        if wants_pr:
            values = self._outcomes(node)
            chances = [compute(lambda draws, value=value: probability_of(draws, value)) for value in values]
            names = [f"{d}Pr({self.model.depvar}={value:g})" for value in values]
            out |= dict(zip(names, chances, strict=True))
            self._make(node, "genpr", chances)
        return out

    def _outcomes(self, node: Command) -> list[float]:
        if "prval" in node.options:
            return list(node.option("prval"))
        if not self.model.categories:
            raise StataError(198, f"option prval() required after estsimp {self.model.command}")
        return [float(value) for value in self.model.categories]

    def _make(self, node: Command, option: str, columns: list[np.ndarray]) -> None:
        if option not in node.options:
            return
        value = node.option(option)
        names = [value] if isinstance(value, str) else list(value)
        if len(names) == 1 < len(columns):
            names = [f"{names[0]}{place}" for place in range(1, len(columns) + 1)]
        if len(names) != len(columns):
            raise StataError(198, f"option {option}() takes {len(columns)} names")
        self.made |= dict(zip(names, columns, strict=True))


@command(
    "simqi",
    syntax=Syntax("none", options=(*QUANTITIES, *PREDICTED, *OTHERS)),
    synopsis="simqi [, pr prval(#) genpr(names) ev genev(name) pv genpv(name) fd(quantities) "
    "changex(x a b [& ...]) tfunc(name) listx level(#)]",
    needs=("data",),
)
def simqi(session: SessionState, node: Command) -> None:
    model = simulated_model(session.data)
    simulation = _simulation(session, model, str(node.option("tfunc", "")))
    level = float(node.option("level", session.settings.level))
    differences = tuple(node.option("fd", ()))
    changes = tuple(node.option("changex", ()))
    if bool(differences) != bool(changes):
        raise StataError(198, "options fd() and changex() must be given together")
    lines = [*render_settings(model.covariates, simulation.x)] if node.option("listx") else []
    if not differences or any(spec.name in node.options for spec in (*QUANTITIES, *PREDICTED)):
        shown = simulation.shown(node, lambda quantity: quantity(simulation.at({})), "")
        lines += render_quantities(summaries(shown, level), level)
    covariates = Covariates(model, Context.of(session), _sample(session))
    for change in changes:
        title, before, after = changes_of(change, covariates)
        shown = {}
        for inside in differences:
            own = parse_command("simqi", Syntax("none", options=QUANTITIES), f", {inside}", 0)
            assert isinstance(own, Command)
            low, high = simulation.at(before), simulation.at(after)
            shown |= simulation.shown(own, partial(_difference, low, high), "d")
        lines += render_change(title, summaries(shown, level), level)
    _make(session, simulation.made)
    session.out.write(*lines)


def _difference(low: Draws, high: Draws, quantity: Quantity) -> np.ndarray:
    return quantity(high) - quantity(low)


def _simulation(session: SessionState, model: SimulatedModel, transformation: str) -> Simulation:
    x = set_values(session.data)
    for name in model.covariates:
        if name not in x:
            raise StataError(198, f"setx has not set a value of {name}")
    columns = [session.data[name].to_double()[: model.count] for name in model.variables]
    identity: Callable[[np.ndarray], np.ndarray] = lambda values: values  # noqa: E731
    transform = TRANSFORMATIONS.get(transformation, identity)
    return Simulation(model, np.column_stack(columns), x, session.memory.generator(), transform)


def _sample(session: SessionState) -> np.ndarray:
    """Return the sample of the model, else all observations."""
    sample = session.data.marks.get(SIMULATED)
    return np.ones(session.data.n_obs, dtype=bool) if sample is None else sample


def _make(session: SessionState, made: Shown) -> None:
    data = session.data
    variables = []
    for name, values in made.items():
        check_new_name(name, data)
        column = np.full(data.n_obs, np.nan)
        column[: len(values)] = values
        variables.append(Variable(name, "double", missing_free(column), default_format("double")))
    session.data = data.with_variables(*variables) if variables else data
