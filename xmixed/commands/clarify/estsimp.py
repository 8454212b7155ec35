"""estsimp: estimate a model and keep draws of its parameters as variables."""

from __future__ import annotations

import numpy as np

from xmixed.commands.clarify.values import missing_free
from xmixed.commands.registry import command, resolve
from xmixed.commands.rows import room_of
from xmixed.data.categories import categories_of
from xmixed.data.dataset import Variable, default_format
from xmixed.data.growth import grown
from xmixed.errors import StataError
from xmixed.estimation.simulated.draws import normal_draws, variance_draws
from xmixed.estimation.simulated.model import (
    COMMANDS,
    SimulatedModel,
    simulated_model,
    without_simulations,
)
from xmixed.expressions.varlist import check_new_name
from xmixed.language.arguments.own_options import without_own_options
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word
from xmixed.session.state import SessionState
from xmixed.session.stored import SIMULATED

OPTIONS = (
    OptionSpec("sims", "s", "integer", "how many draws of the parameters; default 1000", minimum_value=1),
    OptionSpec("genname", "genname", "name", "stub of the new variables; default b"),
    OptionSpec("antisim", "antisim", help="antithetic draws: in pairs around the estimates"),
    OptionSpec("dropsims", "dropsims", help="the variables of the last estsimp go first"),
    OptionSpec("mi", "mi", "text", built=False),
    OptionSpec("iout", "iout", built=False),
)


@command(
    "estsimp",
    syntax=Syntax("raw", options=OPTIONS),
    synopsis="estsimp model depvar indepvars [if] [in] [weight] [, sims(#) genname(stub) antisim dropsims]",
    needs=("data",),
)
def estsimp(session: SessionState, node: Command) -> None:
    text, options = without_own_options(str(node.argument), OPTIONS)
    word, _ = split_command_word(text)
    if word not in COMMANDS:
        word = resolve(word) or word
    if word not in COMMANDS:
        raise StataError(198, f"estsimp does not know {word or 'a model without a name'}")
    if "dropsims" in options:
        old = simulated_model(session.data)
        session.data = without_simulations(session.data.without(old.variables))
    count = options["sims"].value if "sims" in options else 1000
    stub = options["genname"].value if "genname" in options else "b"
    session.execute(text)
    parameters, draws = _drawn(session, word, count, "antisim" in options)
    names = [f"{stub}{number}" for number in range(1, len(parameters) + 1)]
    for name in names:
        check_new_name(name, session.data)
    _show_expansion(session, count)
    _keep(session, _model(session, word, names, parameters, count), draws)
    session.out.write(f"Number of simulations  : {count}", f"Names of new variables : {' '.join(names)}")


def _drawn(session: SessionState, word: str, count: int, antithetic: bool) -> tuple[list[str], np.ndarray]:
    """Return the names of the parameters and their draws, shape (count, k)."""
    e = session.e
    parameters = list(e.matrices["b"].column_names)
    typed = [name.rpartition(":")[2] for name in parameters]
    if any("." in name or "#" in name for name in typed):
        raise StataError(101, "factor variables and time-series operators not allowed with estsimp")
    session.out.write("", "Simulating main parameters.  Please wait....")
    generator = session.memory.generator()
    b, V = e.matrices["b"].values[0], e.matrices["V"].values
    draws = normal_draws(generator, b, V, count, antithetic)
    if word == "regress":
        session.out.write("Simulating ancillary parameters.  Please wait....")
        df, rss = e.scalars["df_r"], e.scalars["rss"]
        if df <= 0:
            raise StataError(2001, "insufficient observations")
        draws = np.column_stack([draws, variance_draws(generator, rss, df, count)])
        parameters.append("sigma2")
    return parameters, draws


def _show_expansion(session: SessionState, count: int) -> None:
    n = session.data.n_obs
    if n < count:
        room_of(session).require(count, session.data)
        session.out.write(
            "",
            f"Note: Clarify is expanding your dataset from {n} observations to {count}",
            "observations in order to accommodate the simulations.  This will append",
            "missing values to the bottom of your original dataset.",
            "",
        )


def _model(
    session: SessionState, word: str, names: list[str], parameters: list[str], count: int
) -> SimulatedModel:
    e, categories = session.e, ()
    depvar = e.macros["depvar"]
    if word in ("logit", "probit"):
        categories = ("0", "1")
    elif word in ("ologit", "oprobit", "mlogit"):
        found = categories_of(session.data[depvar], session.data.marks[e.mark])
        categories = tuple(f"{value:g}" for value in found.values)
    base = int(e.scalars["ibaseout"]) - 1 if word == "mlogit" else 0
    return SimulatedModel(word, depvar, tuple(names), tuple(parameters), categories, base, count)


def _keep(session: SessionState, model: SimulatedModel, draws: np.ndarray) -> None:
    """Put the draws into the first observations, and what they are into the data."""
    data = session.data
    marks = {**data.marks, SIMULATED: data.marks[session.e.mark]}
    data = grown(data.with_(marks=marks), max(data.n_obs, model.count))
    made = []
    for place, name in enumerate(model.variables):
        values = np.full(data.n_obs, np.nan)
        values[: model.count] = draws[:, place]
        label = f"Simulated {model.parameters[place].replace(':', ' ')} parameter"
        made.append(Variable(name, "double", missing_free(values), default_format("double"), label))
    data = data.with_variables(*made)
    texts = {**without_simulations(data).characteristics.get("_dta", {}), **model.kept()}
    session.data = data.with_characteristics("_dta", texts)
