"""cluster kmeans and cluster kmedians."""

from __future__ import annotations

import numpy as np

from xmixed.commands.multivariate.kept import Analysis, new_name, number_variable, with_analysis
from xmixed.commands.multivariate.samples import MEASURE, NAME, measure_of, sample_of
from xmixed.commands.registry import subcommand
from xmixed.commands.varlists import names_in
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING, is_missing
from xmixed.session.state import SessionState
from xmixed.statistics.clustering import centres_of, partition

_STARTS = ("krandom", "firstk", "lastk", "prandom", "everykth", "segments", "group", "random")

_SYNTAX = Syntax(
    "varlist",
    condition=True,
    in_range=True,
    options=(
        OptionSpec("k", "k", "integer", "number of groups", minimum_value=1),
        OptionSpec("start", "s", "text", "how groups begin: " + ", ".join(_STARTS[:-1])),
        OptionSpec("generate", "gen", "name", "the groups; default the name of the analysis"),
        OptionSpec("iterate", "iter", "integer", "most rounds; default 10000", minimum_value=0),
        OptionSpec("keepcenters", "keep", help="add the centres as observations"),
        NAME,
        MEASURE,
    ),
)


@subcommand(
    "cluster",
    "kmeans",
    syntax=_SYNTAX,
    synopsis="cluster kmeans [varlist] [if] [in], k(#) [start(...) generate(newvar) name() measure()]",
    needs=("data",),
)
@subcommand(
    "cluster",
    "kmedians",
    syntax=_SYNTAX,
    synopsis="cluster kmedians [varlist] [if] [in], k(#) [start(...) generate(newvar) name() measure()]",
    needs=("data",),
)
def cluster_partition(session: SessionState, node: Command) -> None:
    if "k" not in node.options:
        raise StataError(198, "option k() required")
    k, medians = int(node.option("k")), node.name.endswith("kmedians")
    names, rows, x = sample_of(session, node)
    if len(x) < k:
        raise StataError(2001, f"{len(x)} observations do not make {k} groups")
    name = new_name(session.data, str(node.option("name", "") or ""))
    variable = str(node.option("generate", name))
    check_new_name(variable, session.data)
    measure = measure_of(node, "L2")
    centres = _start(session, node, x, rows, k, medians)
    found = partition(x, centres, measure, medians, int(node.option("iterate", 10_000)))
    if not found.settled:
        session.out.write("note: groups still change after the last round")
    values = np.full(session.data.n_obs, MISSING)
    values[rows] = found.groups + 1
    data = session.data.with_variables(number_variable(variable, values))
    own = Analysis(name, "partition", node.name.split()[1], measure, " ".join(names), variable)
    data = with_analysis(data, own)
    session.out.write(f"cluster name: {name}")
    session.data = data
    if node.option("keepcenters"):
        _add_centres(session, names, found.centres)


def _start(
    session: SessionState, node: Command, x: np.ndarray, rows: np.ndarray, k: int, medians: bool
) -> np.ndarray:
    """Return the centres to begin with, (k, p)."""
    text = str(node.option("start", "krandom")).strip()
    word, _, inside = text.removesuffix(")").partition("(")
    word, n = word.strip(), len(x)
    kind = next((own for own in _STARTS if word and own.startswith(word) and len(word) >= 2), "")
    if not kind:
        raise StataError(198, "option start() incorrectly specified", node.options["start"].span)
    generator = session.memory.generator()
    if kind in ("krandom", "prandom", "random") and inside.strip():
        words = inside.replace(",", " ").split()
        if not words[-1].isdigit():
            raise StataError(198, f"start({word}()): the seed must be a whole number")
        generator = np.random.default_rng(int(words[-1]))
    if kind == "krandom":
        return x[generator.choice(n, k, replace=False)]
    if kind == "firstk":
        return x[:k]
    if kind == "lastk":
        return x[n - k :]
    if kind == "random":
        return generator.uniform(x.min(axis=0), x.max(axis=0), (k, x.shape[1]))
    groups = np.arange(n) % k
    if kind == "segments":
        groups = np.arange(n) * k // n
    elif kind == "prandom":
        groups = generator.permutation(groups)
    elif kind == "group":
        variable = session.data[names_in(inside, session.data)[0]]
        values = variable.to_double()[rows]
        levels = np.unique(values[~is_missing(values)])
        if len(levels) != k or is_missing(values).any():
            raise StataError(198, f"start(group({variable.name})): the variable must have {k} values")
        groups = np.searchsorted(levels, values)
    return centres_of(x, groups, np.zeros((k, x.shape[1])), medians)


def _add_centres(session: SessionState, names: list[str], centres: np.ndarray) -> None:
    """Add an observation for each centre, with nothing but the centre."""
    data = session.data
    first = data.n_obs
    session.execute(f"set obs {first + len(centres)}")
    for column, name in zip(centres.T, names, strict=True):
        kind = session.data[name].type
        if kind not in ("float", "double"):
            session.execute(f"recast double {name}")
        for place, value in enumerate(column.tolist(), first + 1):
            session.execute(f"quietly replace {name} = {value!r} in {place}")
