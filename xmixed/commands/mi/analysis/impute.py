"""mi impute: values for what is missing, drawn from models of what is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.commands.mi.analysis.impute_report import Done, Group, conditional_models
from xmixed.commands.mi.analysis.trace import save_trace, trace_target
from xmixed.commands.mi.held import NOUPDATE, keep, opened
from xmixed.commands.registry import subcommand
from xmixed.data.dataset import Dataset
from xmixed.data.imputed.model import Imputations
from xmixed.data.order import group_codes
from xmixed.errors import StataError
from xmixed.estimation.imputation.problem import Arrays, arrays, resolve
from xmixed.estimation.imputation.sequences import Failed, chained, monotone
from xmixed.estimation.sample import dependent_columns
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.arguments.imputation import ImputationModel
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.render.layouts.imputation.imputed import render_models
from xmixed.session.state import SessionState
from xmixed.statistics.imputation.multivariate import IncompleteNormal

MOST = 1000
"""Imputations that data may have."""
LIKELIHOOD = {
    "perfect": (
        "perfect predictor(s) detected",
        "a covariate determines the outcome; leave it out, or add option augment",
    ),
    "few": ("too few observations to fit the model", ""),
    "fit": ("the model did not converge", ""),
}
COMMON = ("add", "replace", "rseed", "double", "by", "force", "noupdate", "nolegend")
OWN = {
    "chained": ("burnin", "orderasis", "noimputed", "augment", "dryrun", "savetrace"),
    "monotone": ("noimputed", "augment", "dryrun"),
    "mvn": ("burnin", "burnbetween", "prior", "noconstant"),
    "regress": ("noconstant",),
    "pmm": ("noconstant", "knn"),
    "logit": ("noconstant", "augment"),
    "ologit": ("augment",),
    "mlogit": ("noconstant", "augment"),
    "poisson": ("noconstant",),
    "nbreg": ("noconstant",),
}
"""Options by method."""

_UNBUILT = (
    *("conditional", "bootstrap", "noisily", "dots", "report", "verbose", "custom", "nomonotonechk"),
    *("nomonotone", "initmcmc", "wlfwgt", "savewlf", "saveptrace", "mcmconly", "mcmcdots"),
    *("emlog", "emoutput", "emonly", "alldots", "chainonly", "chaindots", "showevery", "showiter"),
    *("ll", "ul", "exposure", "offset", "showcommand"),
)


@subcommand(
    "mi",
    "impute",
    syntax=Syntax(
        "imputation",
        condition=True,
        options=(
            OptionSpec(
                "add", "add", "integer", "number of imputations to add", minimum_value=1, maximum_value=1000
            ),
            OptionSpec("replace", "replace", help="replace imputed values of the imputations there are"),
            OptionSpec("rseed", "rseed", "integer", "seed of the random numbers", minimum_value=0),
            OptionSpec("double", "double", help="store imputed values in double precision"),
            OptionSpec("by", "by", "text", "impute separately in the groups of variables"),
            OptionSpec("force", "force", help="proceed although some values cannot be imputed"),
            OptionSpec("nolegend", "noleg", help="no list of methods"),
            NOUPDATE,
            OptionSpec("noconstant", "nocons", help="no constant term"),
            OptionSpec(
                "knn", "knn", "integer", "pmm: nearest neighbours to draw from; default 1", minimum_value=1
            ),
            OptionSpec("augment", "aug", help="augmented regression where covariates predict perfectly"),
            OptionSpec(
                "burnin",
                "burnin",
                "integer",
                "iterations first; default 10 (chained), 100 (mvn)",
                minimum_value=0,
            ),
            OptionSpec(
                "burnbetween", "burnb", "integer", "mvn: iterations between; default 100", minimum_value=1
            ),
            OptionSpec("orderasis", "orderasis", help="chained: impute in the order typed"),
            OptionSpec("noimputed", "noimp", help="no imputation variables in the models of others"),
            OptionSpec("savetrace", "savetr", "text", "chained: file for means and sds of every iteration"),
            OptionSpec("dryrun", "dryrun", help="show the conditional models and impute nothing"),
            OptionSpec(
                "prior",
                "prior",
                "choice",
                "mvn: prior of the covariance matrix",
                choices=(("uniform", "unif"), ("jeffreys", "jeff")),
            ),
            *(OptionSpec(name, name, "text", built=False, optional_value=True) for name in _UNBUILT),
        ),
    ),
    synopsis="mi impute method ivars [= indepvars] [if] [, add(#) replace rseed(#) by(varlist) ...]",
    needs=("data",),
)
def mi_impute(session: SessionState, node: Command) -> None:
    if node.argument is None:
        raise StataError(198, "imputation method required", hint="methods: " + " ".join(OWN))
    _Imputation(session, node).run()


class _Imputation:
    """One run of the command."""

    def __init__(self, session: SessionState, node: Command) -> None:
        assert isinstance(node.argument, ImputationModel)
        self.session, self.node, self.model = session, node, node.argument
        self.method = self.model.method
        self._check_options()
        self.held = opened(session, not node.option("noupdate"))
        self.context = replace(Context.of(session), data=self.held.base)
        self.imputed = resolve(self.model, self.context, node.options)
        self._check_registered()
        self.first, self.last, self.added = self._numbers()

    @property
    def names(self) -> list[str]:
        return [own.name for own in self.imputed]

    @property
    def count(self) -> int:
        """How many imputations get values."""
        return self.last - self.first + 1

    def _check_options(self) -> None:
        for name, option in self.node.options.items():
            if name not in COMMON and name not in OWN[self.method]:
                shown = f"{name}()" if option.text else name
                raise StataError(198, f"option {shown} not allowed with method {self.method}", option.span)

    def _check_registered(self) -> None:
        for name in self.names:
            if name not in self.held.imputed:
                hint = f"mi register imputed {name}"
                raise StataError(198, f"variable {name} not registered as imputed", hint=hint)

    def _numbers(self) -> tuple[int, int, int]:
        """Return the first and the last imputation that get values, and how many are new."""
        node, there = self.node, self.held.count
        added = int(node.option("add", 0))
        if node.option("dryrun"):
            return 1, max(there, 1), added
        if not added and not there:
            raise StataError(198, "option add() is required when no imputations exist")
        if not added and not node.option("replace"):
            raise StataError(198, "option add() or replace is required when imputations exist")
        if there + added > MOST:
            raise StataError(198, f"add(): at most {MOST:,d} imputations", node.options["add"].span)
        return 1 if node.option("replace") else there + 1, there + added, added

    def run(self) -> None:
        session, node = self.session, self.node
        rows = select_rows(node.condition, None, self.context)
        groups = self._groups(rows)
        self._say_complete(groups)
        ordered = groups[0].arrays
        if self.method == "monotone":
            self._check_monotone(groups)
        if self.method in ("chained", "monotone"):
            self._show_models(ordered)
            if node.option("dryrun"):
                return
        if node.option("rseed") is not None:
            session.memory.reseed(int(node.option("rseed")))
        generator = session.memory.generator()
        target = trace_target(node)
        done = [self._imputed(group, generator) for group in groups]
        if not node.option("force"):
            self._check_filled(done)
        keep(session, self._filled(done))
        if target is not None and done[0].trace is not None:
            names = [self.names[place] for place in ordered.order]
            save_trace(target, names, self.first, done[0].trace)
        run = self._done(done)
        session.out.write(*run.report())
        session.r = run.results()

    # --- groups and checks ------------------------------------------------------------------------------

    def _groups(self, rows: np.ndarray) -> list[Group]:
        keep_order = self.method not in ("chained", "monotone") or bool(self.node.option("orderasis"))
        typed = self.node.option("by")
        if typed is None:
            return [Group("", arrays(self.imputed, self.context, rows, keep_order))]
        data = self.held.base
        names = resolve_varlist(parse_varlist(str(typed)), data)
        for name in names:
            if name in self.names:
                raise StataError(
                    198, f"{name}: imputation variable not allowed in by()", self.node.options["by"].span
                )
            known = data[name].known() if data[name].is_string else ~is_missing(data[name].to_double())
            rows = rows & known
        codes, count = group_codes(data, names, rows)
        found = []
        for code in range(count):
            own = codes == code
            place = int(np.argmax(own))
            title = ", ".join(f"{name} = {_shown(data, name, place)}" for name in names)
            found.append(Group(title, arrays(self.imputed, self.context, own, keep_order)))
        if not found:
            raise StataError(2000, "no observations")
        if keep_order:
            return found
        # The order of the variables is that of all groups together.
        whole = arrays(self.imputed, self.context, rows, False).order
        ordered = tuple(self.imputed[place] for place in whole)
        again = []
        for code, group in enumerate(found):
            own = arrays(ordered, self.context, codes == code, True)
            counts = group.arrays.counts
            again.append(Group(group.title, Arrays(own.problem, whole, own.rows, counts)))
        return again

    def _say_complete(self, groups: Sequence[Group]) -> None:
        for place, name in enumerate(self.names):
            if not any(group.arrays.counts[place].incomplete for group in groups):
                self.session.out.write(
                    f"note: variable {name} contains no soft missing (.) values; imputing nothing"
                )

    def _check_filled(self, groups: Sequence[Group]) -> None:
        for group in groups:
            if any(counts.imputable < counts.incomplete for counts in group.arrays.counts):
                raise StataError(
                    498,
                    f"mi impute {self.method}: missing imputed values produced",
                    hint="independent variables have missing values; option force proceeds anyway",
                )
            if any(not np.isfinite(values).all() for values in group.values):
                raise StataError(498, f"mi impute {self.method}: missing imputed values produced")

    # --- values -----------------------------------------------------------------------------------------

    def _imputed(self, group: Group, generator: np.random.Generator) -> Group:
        """Return a group with imputed values by variable as typed, each (count, missing values)."""
        own = group.arrays
        if self.method == "mvn":
            return replace(group, values=self._normal(group, generator))
        trace = None
        try:
            if self.method == "chained" and not own.problem.is_monotone:
                chains = chained(own.problem, self.count, generator, int(self.node.option("burnin", 10)))
                found, trace = chains.values, chains.trace
            else:
                found = tuple(monotone(own.problem, self.count, generator))
        except Failed as failure:
            target = own.problem.targets[failure.target]
            message, hint = LIKELIHOOD[failure.kind]
            raise StataError(
                498, f"mi impute {target.method.name}: {target.name}: {message}", hint=hint
            ) from None
        back = sorted(range(len(found)), key=lambda place: own.order[place])
        return replace(group, values=tuple(found[place] for place in back), trace=trace)

    def _check_monotone(self, groups: Sequence[Group]) -> None:
        if not all(group.arrays.problem.is_monotone for group in groups):
            raise StataError(
                459,
                "mi impute monotone: missing-value pattern is not monotone",
                hint="mi impute chained or mi impute mvn take any pattern; see mi misstable nested",
            )

    def _normal(self, group: Group, generator: np.random.Generator) -> tuple[np.ndarray, ...]:
        node, out, own = self.node, self.session.out, group.arrays
        Y = np.column_stack([target.values for target in own.problem.targets])
        missing = np.column_stack([target.missing for target in own.problem.targets])
        Z = own.problem.fixed.T
        if not node.option("noconstant"):
            Z = np.column_stack([Z, np.ones(len(Y))])
        out.write("", *([f"-> {group.title}"] if group.title else []), "Performing EM optimization:")
        try:
            model = IncompleteNormal(Y, _independent(Z), missing)
            gone = int((~model.used).sum())
            if gone:
                text = "observations omitted from EM estimation because of all imputation"
                out.write(f"note: {gone} {text}", "      variables missing")
            start = model.em()
            end = "" if start.converged else " (not converged)"
            reached = f"{start.log_likelihood:.9g} at iteration {start.iterations}{end}"
            out.write(
                f"  observed log likelihood = {reached}",
                "",
                "Performing MCMC data augmentation ... ",
            )
            burnin, between = int(node.option("burnin", 100)), int(node.option("burnbetween", 100))
            prior = str(node.option("prior", "uniform"))
            chain = model.imputations(start.parameters, self.count, generator, burnin, between, prior)
            drawn = np.array(list(chain))
        except (ValueError, np.linalg.LinAlgError):
            raise StataError(
                498,
                "mi impute mvn: the covariance matrix is not positive definite",
                hint="too few observations, or variables that determine each other",
            ) from None
        return tuple(drawn[:, missing[:, place], place] for place in range(Y.shape[1]))

    def _filled(self, groups: Sequence[Group]) -> Imputations:
        """Return the imputations with the values put in."""
        held = self.held.with_count(self.last)
        if self.node.option("double"):
            held = replace(
                held,
                base=_in_double(held.base, self.names),
                copies=tuple(_in_double(copy, self.names) for copy in held.copies),
            )
        for place, name in enumerate(self.names):
            variable = held.base[name]
            for group in groups:
                target = group.arrays.problem.targets[group.arrays.order.index(place)]
                rows = group.arrays.rows.copy()
                rows[rows] = target.missing
                values = group.values[place]
                if variable.type != "double":
                    with np.errstate(over="ignore"):
                        values = values.astype(np.float32).astype(np.float64)
                if rows.any():
                    held = held.with_values(name, values, rows, self.first)
        return held

    # --- output -----------------------------------------------------------------------------------------

    def _show_models(self, own: Arrays) -> None:
        out = self.session.out
        single = own.problem.is_monotone
        title = "Conditional models:"
        if self.method == "chained" and single:
            out.write("note: missing-value pattern is monotone; no iteration performed")
            title = "Conditional models (monotone):"
        models = conditional_models(self.imputed, own.order, self.method == "monotone" or single)
        out.write("", *render_models(title, models, self.session.settings.linesize))
        if self.method == "chained" and not self.node.option("dryrun"):
            out.write("", "Performing chained iterations ...")

    def _done(self, groups: Sequence[Group]) -> Done:
        """Return what there is to show of the run."""
        node, method = self.node, self.method
        iterates = method == "mvn" or not all(group.arrays.problem.is_monotone for group in groups)
        burnin = int(node.option("burnin", 10 if method == "chained" else 100)) if iterates else 0
        seed = node.option("rseed")
        return Done(
            method,
            self.imputed,
            tuple(groups),
            self.first,
            self.last,
            self.added,
            burnin,
            int(node.option("burnbetween", 100)),
            str(node.option("prior", "uniform")),
            int(node.option("knn", 1)),
            str(node.option("by", "")),
            "" if seed is None else str(seed),
            not node.option("nolegend"),
        )


def _in_double(data: Dataset, names: Sequence[str]) -> Dataset:
    """Return data with some variables stored in double precision."""
    wider = [replace(data[name], type="double", values=data[name].to_double()) for name in names]
    return data.with_variables(*wider)


def _shown(data: Dataset, name: str, place: int) -> str:
    value = data[name].values[place]
    return str(value) if data[name].is_string else f"{float(data[name].to_double()[place]):g}"


def _independent(Z: np.ndarray) -> np.ndarray:
    """Return the covariates without those that others determine; the constant, last, counts first."""
    columns = [None if np.all(column == 1) else np.ascontiguousarray(column) for column in Z.T]
    first = sorted(range(len(columns)), key=lambda place: columns[place] is not None)
    omitted = dependent_columns(tuple(columns[place] for place in first))
    kept = sorted(place for place, gone in zip(first, omitted, strict=True) if not gone)
    return Z[:, kept]
