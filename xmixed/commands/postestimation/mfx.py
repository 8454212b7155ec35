"""mfx: effects at one point, by default the means, after any estimator whose response can be predicted."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import Span, StataError
from xmixed.estimation.coefficients import Coefficients
from xmixed.estimation.inference.effects_at_point import effects_at_point, with_effects
from xmixed.estimation.inference.margins import MarginsRequest
from xmixed.estimation.inference.margins_sample import margins_setting
from xmixed.estimation.inference.prediction import default_request, read_request
from xmixed.estimation.results import estimator_of
from xmixed.expressions.context import Context
from xmixed.expressions.sample import select_rows
from xmixed.expressions.varlist import resolve_varlist
from xmixed.language.arguments.margin_terms import AtItem, read_at
from xmixed.language.nodes import Command
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.render.layouts.postestimation.effects_at_point import EffectRow, render_effects_at_point
from xmixed.session.state import SessionState

_KINDS = {"dydx": "dy/dx", "eyex": "ey/ex", "dyex": "dy/ex", "eydx": "ey/dx"}
_POINTS = ("mean", "median", "zero")


@command(
    "mfx",
    syntax=Syntax(
        "words",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("predict", "p", "text", "the statistic of predict"),
            OptionSpec("varlist", "var", "varlist", "the covariates"),
            *(
                OptionSpec(kind, kind, help=f"effects {shown}; dy/dx by default")
                for kind, shown in _KINDS.items()
            ),
            OptionSpec("at", "at", "text", "mean, median or zero, then covariates with values: mean x=1"),
            OptionSpec("nodiscrete", "nodisc", help="slopes of variables of 0 and 1, too"),
            OptionSpec("noesample", "noe", help="all observations"),
            OptionSpec("nose", "nose", help="no standard errors", built=False),
            OptionSpec("force", "force", help="estimate in spite of doubts"),
            LEVEL,
        ),
        exclusive=(tuple(_KINDS),),
    ),
    synopsis="mfx [compute] [if] [in] [, eyex dyex eydx predict(statistic) at(point) varlist() nodiscrete]",
    needs=("estimates",),
)
def mfx(session: SessionState, node: Command) -> None:
    """Estimate effects of covariates that stand where asked for, and keep them with the estimates."""
    if node.argument not in ((), ("compute",)):
        raise StataError(198, "invalid syntax", hint="mfx [compute] [, options]; mfx replay is not there")
    estimates, context = session.e, Context.of(session)
    estimator = estimator_of(estimates)
    typed = str(node.option("predict", "")).strip()
    request = read_request(estimator.statistics, typed) if typed else default_request(estimator.statistics)
    kind = next((kind for kind in _KINDS if node.option(kind)), "dydx")
    wanted = MarginsRequest(at=(_point(node),), effect=kind)
    setting = margins_setting(
        request,
        estimator,
        estimates,
        context,
        select_rows(node.condition, node.in_range, context),
        wanted,
        whole=bool(node.option("noesample")),
        lenient=bool(node.option("force")),
    )
    covariates = setting.covariates
    if covariates.factors:
        raise StataError(198, "mfx does not take factor variables", hint="margins, dydx(*) atmeans does")
    names = covariates.continuous
    if node.option("varlist"):
        chosen = set(resolve_varlist(node.option("varlist"), session.data))
        names = tuple(name for name in names if name in chosen)
    if not names:
        raise StataError(102, "too few variables specified")
    level = float(node.option("level", session.settings.level))
    discrete = kind == "dydx" and not node.option("nodiscrete")
    found = effects_at_point(wanted, setting, Coefficients.of(estimates), names, discrete, level)
    label = request.labels(estimates)[0]
    shown = f"predict, {typed}" if typed else "predict"
    session.e = with_effects(estimates, found, kind, label, shown)
    title = "Elasticities after" if kind == "eyex" else "Marginal effects after"
    rows = [EffectRow(own.name, own.discrete, own.figures, own.at) for own in found.effects]
    title = f"{title} {estimates.macros['cmd']}"
    response = f"{label} ({shown})"
    session.out.write(*render_effects_at_point(title, response, found.response, _KINDS[kind], level, rows))


def _point(node: Command) -> tuple[AtItem, ...]:
    """Return what `at()` says: a statistic for all covariates, then values for some."""
    option = node.options.get("at")
    if option is None:
        return (AtItem(("_all",), "mean"),)
    word, _, rest = option.text.strip().partition(" ")
    if word not in _POINTS:
        word, rest = "mean", option.text
    values = read_at(rest, Span(0, len(rest))) if rest.strip() else ()
    if any(item.statistic or len(item.values) != 1 for item in values):
        raise StataError(
            198, "option at() incorrectly specified", option.span, "mean, median or zero, then x=1"
        )
    return (AtItem(("_all",), word), *values)
