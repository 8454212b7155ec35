"""svyset: declare the survey design; its first stage is what variances are linearised by."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.survey.design import NAMES, Design, survey_design
from xmixed.expressions.varlist import resolve_name
from xmixed.language.nodes import Command, Pattern
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.estimation.survey import render_design
from xmixed.session.results import Results
from xmixed.session.state import SessionState

SINGLE = (("missing", "mis"), ("certainty", "cer"), ("scaled", "sca"), ("centered", "cen"))
_SYNTAX = Syntax(
    "text",
    weights=("pweight", "iweight"),
    options=(
        OptionSpec("strata", "str", "varname", "strata"),
        OptionSpec("fpc", "fpc", "varname", "sizes of strata, or sampling rates"),
        OptionSpec("psu", "psu", "varname", "primary sampling units, as older editions say it"),
        OptionSpec("singleunit", "single", "choice", "strata with one unit", SINGLE),
        OptionSpec(
            "vce",
            "vce",
            "choice",
            "variance estimator: linearized",
            (("linearized", "lin"), ("brr", "brr"), ("jackknife", "jack"), ("bootstrap", "boot")),
        ),
        OptionSpec("clear", "clear", "text", "forget the design", optional_value=True),
        OptionSpec("brrweight", "brrw", "varlist", "weights of balanced repeated replications", built=False),
        OptionSpec("jkrweight", "jkrw", "varlist", "weights of jackknife replications", built=False),
        OptionSpec("poststrata", "posts", "varname", "poststrata", built=False),
        OptionSpec("postweight", "postw", "varname", "sizes of poststrata", built=False),
    ),
)


@command(
    "svyset",
    syntax=_SYNTAX,
    synopsis="svyset [psu] [weight] [, strata(varname) fpc(varname) singleunit(method)] [|| ...]",
    needs=("data",),
)
def svyset(session: SessionState, node: Command) -> None:
    data = session.data
    before = data.characteristics.get("_dta", {})
    others = {name: text for name, text in before.items() if name not in NAMES}
    if "clear" in node.options:
        session.data = data.with_characteristics("_dta", others)
        return
    text, later, _ = str(node.argument or "").partition("||")
    if not text.strip() and not node.options and node.weight is None:
        _show(session, survey_design(data), False)
        return
    if node.option("vce", "linearized") != "linearized":
        raise StataError(198, f"vce({node.option('vce')}) is not implemented in xmixed yet")

    def named(option: str) -> str:
        return resolve_name(node.options[option].value, data) if option in node.options else ""

    unit = text.strip()
    unit = "" if unit in ("", "_n") else resolve_name(Pattern(unit, ""), data)
    weight = node.weight.text.strip() if node.weight is not None else ""
    design = Design(
        resolve_name(Pattern(weight, ""), data) if weight else "",
        unit or named("psu"),
        named("strata"),
        named("fpc"),
        str(node.option("singleunit", "missing")),
    )
    session.data = data.with_characteristics("_dta", others | design.characteristics())
    _show(session, design, bool(later))
    session.r = Results()


def _show(session: SessionState, design: Design, several: bool) -> None:
    session.out.write(*render_design(design.shown()))
    if several:
        session.out.write("(variances are those of the first stage; stages below it are not used)")
