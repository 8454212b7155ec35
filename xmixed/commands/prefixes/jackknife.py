"""jackknife: replications of a command without one observation, or one cluster, after the other."""

from __future__ import annotations

import numpy as np

from xmixed.commands.prefixes.deletions import leave_one_out
from xmixed.commands.prefixes.publishing import observed_sample, publish, replay_prefix, shown_level
from xmixed.commands.prefixes.replicating import dots_every, figures_data, save_figures, target_of
from xmixed.commands.prefixes.replicator import Replicator, check_prefixable
from xmixed.commands.registry import command
from xmixed.data.dataset import Dataset, Variable, default_format
from xmixed.data.operations.draws import SamplingUnits, sampling_units
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.estimation.resampling.options import EFORM, REPLICATION, TABLE, names_of
from xmixed.estimation.resampling.results import Resampling
from xmixed.estimation.resampling.summaries import complete_rows, jackknifed
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.language.prefixes import Prefixed
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState


@command(
    "jackknife",
    syntax=Syntax(
        "prefixed",
        options=(
            OptionSpec("eclass", "e", help="the number of observations is e(N)"),
            OptionSpec("rclass", "r", help="the number of observations is r(N)"),
            OptionSpec("n", "n", "expression", "expression for the number of observations used"),
            OptionSpec("cluster", "cl", "varlist", "leave out whole clusters"),
            OptionSpec("idcluster", "id", "name", "new variable with the numbers of the clusters"),
            OptionSpec("keep", "keep", help="keep the pseudovalues as variables"),
            OptionSpec("mse", "mse", help="variance about the observed figures"),
            OptionSpec("title", "ti", "text", "title of the results"),
            OptionSpec("nodrop", "nodrop", help="use all observations, not e(sample) alone"),
            *REPLICATION,
            *TABLE,
            *EFORM,
        ),
        exclusive=(("eclass", "rclass", "n"), names_of(EFORM)),
    ),
    synopsis="jackknife exp_list [, eclass rclass n(exp) cluster(varlist) keep ...]: command",
    keeps_r=True,
)
def jackknife(session: SessionState, node: Command) -> None:
    if node.argument is None:
        replay_prefix(session, node, "jackknife")
        return
    assert isinstance(node.argument, Prefixed)
    replicator = Replicator(session, node.argument, "_jk", node.option("reject"))
    check_prefixable(replicator, "jackknife")
    before, target = session.data, target_of(node)
    cluster = resolve_varlist(node.option("cluster"), before) if node.option("cluster") else []
    idcluster = str(node.option("idcluster", ""))
    if idcluster:
        if not cluster:
            raise StataError(198, "option idcluster() requires cluster()", node.options["idcluster"].span)
        check_new_name(idcluster, before)
        codes, _ = group_codes(before, cluster)
        numbers = Variable(idcluster, "long", (codes + 1).astype(np.int32), "%12.0g")
        session.data = before.with_variables(numbers)
    noisy = bool(node.option("noisily"))
    observed, mark = observed_sample(session, replicator, noisy, dots_every(node) > 0)
    estimates = replicator.estimates
    n = _size(session, node, estimates)
    rows = replicator.selected if node.option("nodrop") or mark is None else mark
    units = sampling_units(session.data, (), cluster, rows)
    if units.count < 2:
        raise StataError(2001, "insufficient observations")
    if not cluster and n is not None and n != len(units.order):
        raise StataError(
            459, f"the command used {n:g} of {len(units.order)} observations; drop the others first"
        )
    values = leave_one_out(session, replicator, units, dots_every(node), noisy)
    if int(complete_rows(values).sum()) < 2:
        raise StataError(
            2000, "insufficient observations to compute jackknife standard errors\nno results will be saved"
        )
    found = jackknifed(values, observed, bool(node.option("mse")))
    figures = replicator.figures
    plan = Resampling(
        prefix="jackknife",
        command=replicator.command,
        cmdline=node.text.strip(),
        name=replicator.name,
        names=tuple(figure.name for figure in figures),
        texts=tuple(figure.text for figure in figures),
        observed=observed,
        n=float(len(units.order)) if n is None else n,
        coefficients=estimates is not None and replicator.takes_coefficients,
        clusters=(" ".join(cluster), units.count) if cluster else None,
        strata=1,
        level=shown_level(session, node, replicator),
        title=str(node.option("title", "")),
    )
    if node.option("keep"):
        kept = _with_pseudovalues(before, replicator, units, values, observed)
        session.data = kept
    else:
        kept = before
    save_figures(target, figures_data(figures, values, target.double))
    publish(session, node, replicator, plan, found, kept, rows)


def _size(session: SessionState, node: Command, estimates: Estimates | None) -> float | None:
    """Return how many observations the command used: what n(), eclass or rclass say, else e(N) or r(N)."""
    text = "e(N)" if node.option("eclass") or estimates is not None else "r(N)"
    expression = node.option("n") or parse_expression("r(N)" if node.option("rclass") else text)
    value = evaluate_number(expression, Context.of(session))
    if value >= MISSING:
        if node.option("n") or node.option("eclass") or node.option("rclass"):
            raise StataError(198, "the number of observations evaluated to missing")
        return None
    return value


def _with_pseudovalues(
    data: Dataset, replicator: Replicator, units: SamplingUnits, values: np.ndarray, observed: np.ndarray
) -> Dataset:
    """Return the data with the pseudovalue of each unit in its first observation."""
    n = units.count
    first = units.order[units.starts]
    made = []
    for place, figure in enumerate(replicator.figures):
        check_new_name(figure.name, data)
        column = np.full(data.n_obs, MISSING)
        own = values[:, place]
        good = own < MISSING
        column[first[good]] = n * observed[place] - (n - 1) * own[good]
        made.append(
            Variable(
                figure.name, "double", column, default_format("double"), f"pseudovalues: {figure.text}"[:80]
            )
        )
    return data.with_variables(*made)
