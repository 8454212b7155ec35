"""margins: predictive margins and marginal effects."""

from __future__ import annotations

import os
from typing import Any, cast

import numpy as np

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.inference.comparison_results import posted_comparisons
from xmixed.estimation.inference.margins import EFFECTS, MarginsRequest, Setting, compute
from xmixed.estimation.inference.margins_contrasts import Comparison, compared, comparison_of
from xmixed.estimation.inference.margins_results import Shown, margins_estimates, margins_results
from xmixed.estimation.inference.margins_sample import margins_setting
from xmixed.estimation.inference.margins_table import margins_lines
from xmixed.estimation.inference.prediction import Request, default_request, read_request
from xmixed.estimation.inference.unconditional import check_unconditional, unconditional_covariance
from xmixed.estimation.results import Estimator, HasMarginsDefault, estimator_of
from xmixed.estimation.run import show_results
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.missing import is_missing
from xmixed.session.state import SessionState
from xmixed.session.stored import commit

ANY_MODEL = (("noadjust", "noadj"), ("bonferroni", "bon"), ("sidak", "sid"), ("scheffe", "sch"))

OPTIONS = (
    OptionSpec("predict", "pr", "text", "the statistic, with options of predict"),
    OptionSpec("expression", "exp", "expression", "a function of predict() and of coefficients"),
    OptionSpec("dydx", "dydx", "text", "marginal effects of variables"),
    OptionSpec("eyex", "eyex", "text", "elasticities"),
    OptionSpec("dyex", "dyex", "text", "semielasticities d(y)/d(lnx)"),
    OptionSpec("eydx", "eydx", "text", "semielasticities d(lny)/d(x)"),
    OptionSpec("continuous", "cont", help="treat factors as continuous", built=False),
    OptionSpec("grand", "grand", help="add the overall margin"),
    OptionSpec("at", "at", "at", "values of covariates", repeatable=True),
    OptionSpec("atmeans", "atmean", help="covariates at their means"),
    OptionSpec("asobserved", "asobs", help="covariates as in the data; the default"),
    OptionSpec("asbalanced", "asbal", help="factors as balanced"),
    OptionSpec("over", "over", "varlist", "margins of groups"),
    OptionSpec("by", "by", "varlist", "the same as over()"),
    OptionSpec("subpop", "subpop", "text", "margins of a subpopulation: a 0/1 variable, if exp, or both"),
    OptionSpec("saving", "saving", "text", "save the margins as a dataset: filename [, replace]"),
    OptionSpec("df", "df", "number", "degrees of freedom of t", minimum_value=1e-8),
    OptionSpec("within", "within", "varlist", "margins of groups that nest factors"),
    OptionSpec("contrast", "contrast", "text", "contrasts of margins", optional_value=True),
    OptionSpec("pwcompare", "pwcomp", "text", "pairwise comparisons", optional_value=True),
    OptionSpec("mcompare", "mcomp", "choice", "adjustment for comparisons", ANY_MODEL),
    OptionSpec(
        "vce",
        "vce",
        "choice",
        "delta method, or covariates that vary too",
        (("delta", "delta"), ("unconditional", "unc")),
    ),
    OptionSpec("noatlegend", "noatl", help="no legend of at()"),
    OptionSpec("nose", "nose", help="no standard errors"),
    OptionSpec("post", "post", help="put the margins in e()"),
    LEVEL,
    OptionSpec("vsquish", "vsquish", help="no blank lines"),
    OptionSpec("noesample", "noes", help="all observations"),
    OptionSpec("emptycells", "empty", "choice", "empty cells", (("strict", "s"), ("reweight", "r"))),
    OptionSpec("noestimcheck", "noestimcheck", help="do not check estimability"),
    OptionSpec("force", "force", help="estimate in spite of doubts"),
    OptionSpec("coeflegend", "coefl", help="show how to refer to the margins; with post"),
    OptionSpec("cformat", "cformat", "format", "format of margins"),
    OptionSpec("pformat", "pformat", "format", "format of p-values"),
    OptionSpec("sformat", "sformat", "format", "format of test statistics"),
)


@command(
    "margins",
    syntax=Syntax(
        "margins",
        condition=True,
        in_range=True,
        weights=("fweight", "aweight", "pweight", "iweight"),
        options=OPTIONS,
        exclusive=(
            ("predict", "expression"),
            EFFECTS,
            ("atmeans", "asbalanced", "asobserved"),
            ("contrast", "pwcompare"),
            ("over", "by"),
        ),
    ),
    synopsis="margins [marginlist] [if] [in] [weight] [, at(spec) dydx(varlist) over(varlist) post ...]",
    needs=("estimates",),
    by_reference=True,
)
def margins(session: SessionState, node: Command) -> None:
    """Average predictions over the estimation sample, with covariates at values asked for."""
    if _replayed(session, node):
        return
    _refuse(node)
    estimator, context = estimator_of(session.e), Context.of(session)
    if node.option("expression") is not None:
        from xmixed.estimation.inference.expressions import expression_statistic

        typed = node.options["expression"]
        request = Request(expression_statistic(typed.value, typed.text, estimator, session.e))
    elif isinstance(estimator, HasMarginsDefault):
        typed = estimator.margins_predict(session.e, str(node.option("predict", "")))
        request = read_request(estimator.statistics, typed)
    elif node.option("predict") is not None:
        request = read_request(estimator.statistics, str(node.option("predict")))
    else:
        request = default_request(estimator.statistics)
    wanted = _request(session, node)
    unconditional = node.option("vce") == "unconditional"
    if unconditional:
        check_unconditional(estimator, session.e)
    if session.data.reference is not None:
        setting = _setting_by_reference(session, node, estimator, request, wanted)
    else:
        rows = select_rows(node.condition, node.in_range, context)
        if node.option("subpop") is not None:
            rows = rows & _subpopulation(str(node.option("subpop")), context)
        setting = margins_setting(
            request,
            estimator,
            session.e,
            context,
            rows,
            wanted,
            weight=node.weight,
            whole=bool(node.option("noesample")),
            lenient=bool(node.option("force")),
            unconditional=unconditional,
        )
    found = compute(wanted, setting)
    level = float(node.option("level", session.settings.level))
    coefficients, df = Coefficients.of(session.e), node.option("df", session.e.scalars.get("df_r"))
    sampled = unconditional_covariance(estimator, session.e, context, found) if unconditional else None
    shown = Shown(found, wanted, request, coefficients, level, session.e, df, sampled)
    comparison = _comparison(node)
    if comparison is not None:
        sample = setting.frame
        counted = np.ones(sample.size) if setting.counts is None else setting.counts[sample.rows]
        counts = {
            name: np.array([np.sum(counted, where=sample.values(name) == own) for own in factor.levels])
            for name, factor in setting.covariates.factors.items()
        }
        lines, session.r = compared(
            shown,
            node.argument,
            comparison,
            setting.covariates,
            counts,
            node.option,
            session.settings,
            node.text.strip(),
        )
        if node.option("post"):
            commit(session, posted_comparisons(session.e, session.r, lines))
        session.out.write(*lines)
        return
    if node.option("saving") is not None:
        session.out.write(_save(shown, str(node.option("saving"))))
    if node.option("post"):
        estimates = margins_estimates(shown, node.text.strip())
        commit(session, estimates)
    session.out.write(*margins_lines(shown, node.option, session.settings))
    session.r = margins_results(shown, node.text.strip())


def _setting_by_reference(
    session: SessionState, node: Command, estimator: Estimator, request: Request, wanted: MarginsRequest
) -> Setting:
    """Return what margins of data by reference are computed over; r(3) what needs the observations."""
    from xmixed.commands.referenced import chosen_rows
    from xmixed.data.reference.model import needs_rows
    from xmixed.data.reference.rows import reference_of
    from xmixed.estimation.summed.margins import in_sample, summed_setting

    context = Context.of(session)
    if node.option("vce") == "unconditional":
        raise needs_rows("margins with vce(unconditional) is")
    whole = bool(node.option("noesample"))
    chosen = chosen_rows(session, node)
    if not whole:
        chosen = chosen & in_sample(context, session.e)
    if node.option("subpop") is not None:
        name, typed = _subpopulation_typed(str(node.option("subpop")), context)
        chosen = chosen & chosen_rows(session, typed)
        if name:
            number: Any = reference_of(session.data).number(session.data[name])
            chosen = chosen & (number != 0.0).fill_null(False)
    # A column of its own: numbers of rows are those before any is left out.
    marked, _ = reference_of(session.data).with_column(chosen)
    rows = marked.where(cast(Any, marked.table)[marked.table.columns[-1]])
    return summed_setting(request, estimator, session.e, context, rows, wanted, node.weight)


def _save(shown: Shown, text: str) -> str:
    """Write the dataset of margins; return what is said of it."""
    from xmixed.data.files.dta.writer import write_dta
    from xmixed.data.files.locate import with_suffix
    from xmixed.estimation.inference.margins_dataset import margins_dataset

    replace = OptionSpec("replace", "replace", help="overwrite an existing file")
    typed = parse_command("margins", Syntax("filename", options=(replace,)), text, 0)
    assert isinstance(typed, Command)
    if not typed.argument:
        raise StataError(198, "option saving() incorrectly specified")
    path = with_suffix(str(typed.argument))
    write_dta(margins_dataset(shown), os.path.expanduser(path), replace=bool(typed.option("replace")))
    return f"file {path} saved"


def _subpopulation(text: str, context: Context) -> np.ndarray:
    """Return the observations of `subpop(varname if exp)`, bool over all."""
    name, typed = _subpopulation_typed(text, context)
    rows = select_rows(typed.condition, None, context)
    if not name:
        return rows
    values = context.data[name].to_double()
    return rows & (values != 0) & ~is_missing(values)


def _subpopulation_typed(text: str, context: Context) -> tuple[str, Command]:
    """Return the variable of `subpop(varname if exp)`, "" for none, and what was typed."""
    typed = parse_command("margins", Syntax("varname", condition=True), text, 0)
    assert isinstance(typed, Command)
    if typed.argument is None:
        if typed.condition is None:
            raise StataError(198, "option subpop() incorrectly specified")
        return "", typed
    name = resolve_name(typed.argument, context.data)
    if context.data[name].is_string:
        raise StataError(109, f"{name}:  string variables may not be used in subpop()")
    return name, typed


def _replayed(session: SessionState, node: Command) -> bool:
    """Show margins in e() again, where the command says nothing else; return whether it was so."""
    if session.e.macros.get("cmd") != "margins":
        return False
    if node.argument or node.condition is not None or not node.options.keys() <= {"level", "coeflegend"}:
        raise StataError(322, "e(cmd) is margins; the model's own results are no longer active")
    show_results(session, estimator_of(session.e), session.e, node.option)
    return True


def _comparison(node: Command) -> Comparison | None:
    """Return how margins are to be compared; None where they are shown themselves."""
    method = str(node.option("mcompare", "noadjust"))
    for name in ("contrast", "pwcompare"):
        if name in node.options:
            words = node.option(name)
            return comparison_of("" if words is True else str(words), name == "pwcompare", method)
    if any(term.has_contrast for term in node.argument):
        return comparison_of("", False, method)
    return None


def _refuse(node: Command) -> None:
    """Refuse what makes no sense together."""
    for term in node.argument:
        if term.has_contrast and node.option("pwcompare"):
            raise StataError(198, "contrast operators are not allowed with option pwcompare", term.span)
        if any(item.joint == "@" for item in term.operands) and not _comparison(node):
            raise StataError(198, "invalid syntax", term.span)
    if node.option("coeflegend") and not node.option("post"):
        raise StataError(198, "option coeflegend requires option post")
    if node.option("vce") == "unconditional" and (node.option("noesample") or node.weight is not None):
        raise StataError(198, "vce(unconditional) takes the estimation sample and its weights")


def _request(session: SessionState, node: Command) -> MarginsRequest:
    effect = next((kind for kind in EFFECTS if kind in node.options), "")
    over, within = node.option("over", node.option("by")), node.option("within")
    return MarginsRequest(
        terms=node.argument,
        at=node.option("at", ()),
        at_means=bool(node.option("atmeans")),
        as_balanced=bool(node.option("asbalanced")),
        over=tuple(resolve_varlist(over, session.data)) if over else (),
        within=tuple(resolve_varlist(within, session.data)) if within else (),
        effect=effect,
        variables=tuple(str(node.option(effect)).split()) if effect else (),
        grand=bool(node.option("grand")),
        check=not node.option("noestimcheck"),
        reweight=node.option("emptycells") == "reweight",
    )
