"""bootstrap: replications of a command on samples drawn with replacement."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.commands.prefixes.deletions import leave_one_out
from xmixed.commands.prefixes.publishing import observed_sample, publish, replay_prefix, shown_level
from xmixed.commands.prefixes.refitting import coefficient_source
from xmixed.commands.prefixes.replicating import (
    Dots,
    dots_every,
    figures_data,
    replicate,
    replicate_together,
    root_of,
    save_figures,
    stream,
    target_of,
    with_stream,
)
from xmixed.commands.prefixes.replicator import Replicator, check_prefixable
from xmixed.commands.registry import command
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.operations.draws import SamplingUnits, sampling_units
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.estimation.resampling.options import EFORM, REPLICATION, SEED, TABLE, names_of
from xmixed.estimation.resampling.results import Resampling
from xmixed.estimation.resampling.summaries import acceleration, bootstrapped, complete_rows
from xmixed.expressions.varlist import check_new_name, resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.prefixes import Prefixed
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.estimation.replications import sample_warning
from xmixed.session.state import SessionState


@command(
    "bootstrap",
    syntax=Syntax(
        "prefixed",
        options=(
            OptionSpec("reps", "r", "integer", "number of replications; default 50", minimum_value=2),
            OptionSpec("strata", "str", "varlist", "draw within strata"),
            OptionSpec("size", "si", "integer", "how many to draw from each stratum", minimum_value=1),
            OptionSpec("cluster", "cl", "varlist", "draw whole clusters"),
            OptionSpec("idcluster", "id", "name", "new variable that tells the clusters drawn apart"),
            OptionSpec("group", "gr", "varname", "identifiers to make unique within idcluster()"),
            OptionSpec("bca", "bca", help="compute acceleration for BCa limits"),
            OptionSpec("mse", "mse", help="variance about the observed figures"),
            OptionSpec("title", "ti", "text", "title of the results"),
            OptionSpec("force", "force", help="run a command with weights all the same"),
            OptionSpec("nowarn", "nowarn", help="no warning where the command does not set e(sample)"),
            OptionSpec("nodrop", "nodrop", help="draw from all observations, not from e(sample) alone"),
            OptionSpec("jackknifeopts", "jack", "text", built=False),
            SEED,
            *REPLICATION,
            *TABLE,
            *EFORM,
        ),
        exclusive=(names_of(EFORM),),
    ),
    synopsis="bootstrap exp_list [, reps(#) strata(varlist) cluster(varlist) idcluster(newvar) ...]: command",
    keeps_r=True,
)
def bootstrap(session: SessionState, node: Command) -> None:
    if node.argument is None:
        replay_prefix(session, node, "bootstrap")
        return
    _Bootstrap(session, node).run()


@dataclass(slots=True)
class _Names:
    """Variables that options name."""

    strata: list[str]
    cluster: list[str]
    idcluster: str
    group: str


class _Bootstrap:
    """One run of the command."""

    def __init__(self, session: SessionState, node: Command) -> None:
        assert isinstance(node.argument, Prefixed)
        self.session, self.node = session, node
        self.replicator = Replicator(session, node.argument, "_bs", node.option("reject"))
        check_prefixable(self.replicator, "bootstrap")
        self.replicator.check_weights(node)
        self.target = target_of(node)
        self.names = self._names()
        self.noisy = bool(node.option("noisily"))
        self.before = session.data

    def _names(self) -> _Names:
        node, data = self.node, self.session.data
        for name in ("idcluster", "group"):
            needed = "cluster" if name == "idcluster" else "idcluster"
            if node.option(name) is not None and node.option(needed) is None:
                raise StataError(198, f"option {name}() requires {needed}()", node.options[name].span)
        found = {
            name: resolve_varlist(node.option(name), data) if node.option(name) else []
            for name in ("strata", "cluster")
        }
        idcluster = node.option("idcluster", "")
        if idcluster:
            check_new_name(idcluster, data)
        group = resolve_name(node.option("group"), data) if node.option("group") else ""
        return _Names(found["strata"], found["cluster"], idcluster, group)

    def run(self) -> None:
        session, node, names = self.session, self.node, self.names
        data = session.data = self._with_identifiers(session.data)
        observed, mark = observed_sample(session, self.replicator, self.noisy, dots_every(node) > 0)
        estimates = self.replicator.estimates
        if mark is None and not node.option("nowarn"):
            session.out.write("", *sample_warning(self.replicator.name, "bootstrap"))
        rows = self.replicator.selected if node.option("nodrop") or mark is None else mark
        rows = self._known(data, rows)
        units = sampling_units(data, names.strata, names.cluster, rows)
        size = node.option("size")
        if units.count < 2:
            raise StataError(2001, "insufficient observations")
        if size is not None and np.any(size > units.strata_sizes):
            raise StataError(498, "resample size must not be greater than number of sampling units")
        accelerations = None
        if node.option("bca"):
            root = root_of(session, node.option("seed"))
            deleted = leave_one_out(session, self.replicator, units, dots_every(node))
            if complete_rows(deleted).sum() < 2:
                raise StataError(2000, "insufficient observations to compute BCa confidence intervals")
            accelerations = acceleration(deleted)
        else:
            root = root_of(session, node.option("seed"))
        values = self._replications(data, units, size, root)
        kept = int(complete_rows(values).sum())
        if kept < 2:
            raise StataError(
                2000,
                "insufficient observations to compute bootstrap standard errors\nno results will be saved",
            )
        figures = self.replicator.figures
        found = bootstrapped(values, observed, bool(node.option("mse")))
        clusters = (" ".join(names.cluster), units.count) if names.cluster else None
        plan = Resampling(
            prefix="bootstrap",
            command=self.replicator.command,
            cmdline=node.text.strip(),
            name=self.replicator.name,
            names=tuple(figure.name for figure in figures),
            texts=tuple(figure.text for figure in figures),
            observed=observed,
            n=float(len(units.order))
            if estimates is None
            else float(estimates.scalars.get("N", len(units.order))),
            coefficients=estimates is not None and self.replicator.takes_coefficients,
            clusters=clusters,
            strata=len(units.strata_sizes),
            level=shown_level(session, node, self.replicator),
            title=str(node.option("title", "")),
            accelerations=accelerations,
        )
        save_figures(self.target, figures_data(figures, values, self.target.double))
        publish(session, node, self.replicator, plan, found, self.before, rows)

    def _with_identifiers(self, data: Dataset) -> Dataset:
        """Return the data with idcluster(): the clusters as they are."""
        if not self.names.idcluster:
            return data
        codes, _ = group_codes(data, [*self.names.strata, *self.names.cluster])
        numbers = Variable(self.names.idcluster, "long", (codes + 1).astype(np.int32), "%12.0g")
        return data.with_variables(numbers)

    def _known(self, data: Dataset, rows: np.ndarray | None) -> np.ndarray | None:
        """Return the rows without those whose stratum or cluster is missing."""
        from xmixed.missing import is_missing

        for name in (*self.names.strata, *self.names.cluster):
            variable = data[name]
            if variable.is_string:
                known = np.array([value not in ("", b"") for value in variable.values.tolist()], dtype=bool)
            else:
                known = ~is_missing(variable.to_double())
            if not known.all():
                rows = known if rows is None else rows & known
        return rows

    def _replications(self, data: Dataset, units: SamplingUnits, size: int | None, root: int) -> np.ndarray:
        session, node, replicator = self.session, self.node, self.replicator
        reps = node.option("reps", 50)
        dots = Dots(session, "Bootstrap replications", reps, dots_every(node))
        direct = (
            None if self.noisy else coefficient_source(session, replicator, data, units, self.names.idcluster)
        )

        def task(number: int) -> np.ndarray:
            generator = stream(root, number)
            drawn = units.draw(generator, size)
            with_stream(session, generator)
            session.data = self._sample(data, units, drawn)
            return replicator.attempt(self.noisy)

        if direct is None:
            return replicate(session, task, reps, dots, replicator.is_pure and not self.noisy)

        def tasks(numbers: range) -> list[np.ndarray]:
            found = direct([units.draw(stream(root, number), size) for number in numbers])
            pairs = zip(numbers, found, strict=True)
            return [task(number) if values is None else values for number, values in pairs]

        return replicate_together(session, tasks, reps, dots, True, direct.batch)

    def _sample(self, data: Dataset, units: SamplingUnits, drawn: np.ndarray) -> Dataset:
        """Return the data of a draw, with the identifiers of idcluster() and group() made anew."""
        found = data.rows(units.rows(drawn)).with_(marks={})
        if not self.names.idcluster:
            return found
        numbers = units.numbers(drawn).astype(np.int32)
        found = found.with_variables(Variable(self.names.idcluster, "long", numbers, "%12.0g"))
        if self.names.group:
            codes, _ = group_codes(found, [self.names.idcluster, self.names.group])
            group = Variable(self.names.group, "long", (codes + 1).astype(np.int32), "%12.0g")
            found = found.with_variables(group)
        return found
