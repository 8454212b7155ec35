"""qreg, bsqreg, sqreg, iqreg: quantile regression."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.quantiles.options import BSQREG_SYNTAX, IQREG_SYNTAX, QREG_SYNTAX, SQREG_SYNTAX
from xmixed.estimation.run import conclude, estimation_sample, overflow, replayed, settled
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.session.state import SessionState

_KINDS = ("iid", "robust")
_METHODS = ("fitted", "residual")
_RULES = ("hsheather", "bofinger", "chamberlain")


@command(
    "qreg",
    syntax=QREG_SYNTAX,
    synopsis="qreg depvar [indepvars] [if] [in] [weight] [, quantile(#) vce(iid | robust [, ...]) ...]",
    by="each",
)
@command(
    "bsqreg",
    syntax=BSQREG_SYNTAX,
    synopsis="bsqreg depvar [indepvars] [if] [in] [, quantile(#) reps(#) ...]",
    by="each",
)
@command(
    "sqreg",
    syntax=SQREG_SYNTAX,
    synopsis="sqreg depvar [indepvars] [if] [in] [, quantiles(# # ...) reps(#) ...]",
    by="each",
)
@command(
    "iqreg",
    syntax=IQREG_SYNTAX,
    synopsis="iqreg depvar [indepvars] [if] [in] [, quantiles(# #) reps(#) ...]",
    by="each",
)
def quantile_regression(session: SessionState, node: Command) -> None:
    from xmixed.estimation.quantiles.estimator import SEVERAL, SINGLE
    from xmixed.estimation.quantiles.results import Request, fit

    estimator = SEVERAL if node.name in ("sqreg", "iqreg") else SINGLE
    if replayed(session, node, {node.name}, estimator):
        return
    quantiles = _quantiles(node)
    kind, method, rule = _variance(str(node.option("vce", "")))
    # vce() is read here: the sample's own variances are of other kinds.
    bare = replace(node, options={name: own for name, own in node.options.items() if name != "vce"})
    if node.weight is not None and node.weight.kind == "pweight":
        if "vce" in node.options and kind == "iid":
            raise StataError(198, "vce(iid) not allowed with pweights")
        kind = "robust"
    sample = settled(estimation_sample(session, bare))
    session.out.write(*sample.notes)
    reps = int(node.option("reps", 20))
    request = Request(node.name, node.text.strip(), quantiles, kind, method, rule, reps)
    with overflow():
        estimates = fit(sample, request, session.memory.generator())
    conclude(session, node, estimator, estimates, replace(sample, notes=()))


def _quantiles(node: Command) -> tuple[float, ...]:
    """Return the quantiles that are asked for, as shares, the lowest first; r(198)."""
    if node.name in ("qreg", "bsqreg"):
        typed = (float(node.option("quantile", 0.5)),)
    else:
        typed = tuple(node.option("quantiles", (0.25, 0.75) if node.name == "iqreg" else (0.5,)))
    shares = tuple(sorted(own / 100 if own >= 1 else own for own in typed))
    if not shares or shares[0] <= 0 or shares[-1] >= 1:
        raise StataError(198, "quantiles are between 0 and 1, or between 1 and 99 per cent")
    if node.name == "iqreg" and len(shares) != 2:
        raise StataError(198, "option quantiles() takes two quantiles")
    return shares


def _variance(text: str) -> tuple[str, str, str]:
    """Return kind, method and rule of `vce(kind, method rule)`; r(198)."""
    before, _, after = text.partition(",")
    found = ["iid", "fitted", "hsheather"]
    for word in (*parse_words(before), *parse_words(after)):
        for place, known in enumerate((_KINDS, _METHODS, _RULES)):
            full = next((own for own in known if own.startswith(word.lower())), "")
            if full:
                found[place] = full
                break
        else:
            raise StataError(198, f"vcetype {word} not allowed")
    if found[0] == "robust" and found[1] != "fitted":
        raise StataError(198, "vce(robust) takes the method fitted")
    return found[0], found[1], found[2]
