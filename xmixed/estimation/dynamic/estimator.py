"""xtabond2 as generic commands see it."""

from __future__ import annotations

from xmixed.estimation.fitted import FittedEstimator
from xmixed.estimation.linear.statistics import IV_STATISTICS
from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.output import Line, line
from xmixed.render.layouts.estimation.beside import PANEL, Entry, last_rule, render_beside
from xmixed.session.results import Estimates


def _shown(value: float, fmt: str) -> str:
    return format_value(value, fmt).strip()


def _header(e: Estimates) -> list[Line]:
    own, macros = e.scalars, e.macros
    if "F" in own:
        test = f"F({own['df_m']:.0f}, {own['df_r']:.0f})"
        lines = [(test, own["F"], "%9.2f"), ("Prob > F", own["F_p"], "%9.3f")]
    else:
        lines = [
            (f"Wald chi2({own['df_m']:.0f})", own["chi2"], "%9.2f"),
            ("Prob > chi2", own["chi2p"], "%9.3f"),
        ]
    left = [
        f"Group variable: {macros['ivar']}",
        f"Time variable : {macros['tvar']}",
        f"Number of instruments = {own['j']:.0f}",
        *(f"{label:<13} = {_shown(value, fmt):>9}" for label, value, fmt in lines),
    ]
    right = [
        Entry("Number of obs", own["N"]),
        Entry("Number of groups", own["N_g"]),
        Entry("Obs per group: min", own["g_min"]),
        Entry("               avg", own["g_avg"], "%9.2f"),
        Entry("               max", own["g_max"]),
    ]
    return [line(macros["title"]), last_rule(), *render_beside(left, right, PANEL)]


def _instrument_lines(e: Estimates) -> list[Line]:
    """Return the instruments of the transformed equation, and of that in levels."""
    standard, lagged = _words(e.macros.get("standard", "")), _words(e.macros.get("gmmtype", ""))
    system = "system" in e.macros["title"]
    prefix = "FOD" if "orthogonal" in e.macros["transform"] else "D"
    lines = [line(f"Instruments for {e.macros['transform']} equation")]
    own = [text for equation, text in standard if equation != "level"]
    if own:
        lines.append(line("  Standard"))
        for text in own:
            plain = text.removeprefix("passthru ")
            lines.append(line(f"    {plain}" if plain != text else f"    {prefix}.({text})"))
    lines += _lagged([f"L({limits}).{names}" for limits, names in _split(lagged, "level")], bool(lagged))
    if not system:
        return lines
    lines.append(line("Instruments for levels equation"))
    own = [text.removeprefix("passthru ") for equation, text in standard if equation != "diff"]
    if "_cons" in e.matrices["b"].column_names:
        own.append("_cons")
    if own:
        lines += [line("  Standard"), *(line(f"    {text}") for text in own)]
    found = []
    for limits, names in _split(lagged, "diff"):
        lag = max(int(limits.partition("/")[0]) - 1, 0)
        found.append(f"D{'' if not lag else 'L' if lag == 1 else f'L{lag}'}.{names}")
    return [*lines, *_lagged(found, bool(found))]


def _split(lagged: list[tuple[str, str]], without: str) -> list[tuple[str, str]]:
    """Return (limits, names) of the styles that are not for one of the equations alone."""
    return [_halves(text) for equation, text in lagged if equation != without]


def _halves(text: str) -> tuple[str, str]:
    """Return the first word and the rest."""
    first, _, rest = text.partition(" ")
    return first, rest


def _words(text: str) -> list[tuple[str, str]]:
    """Return (equation, rest) of each style in e(standard) or e(gmmtype)."""
    return [_halves(item) for item in text.split("|") if item]


def _lagged(texts: list[str], shown: bool) -> list[Line]:
    if not texts or not shown:
        return []
    head = "  GMM-type (missing=0, separate instruments for each period unless collapsed)"
    return [line(head), *(line(f"    {text}") for text in texts)]


def _footer(e: Estimates) -> list[Line]:
    own = e.scalars
    lines = [*_instrument_lines(e), last_rule()]
    tests = sorted(key for key in own if key.removeprefix("ar").isdigit())
    for key in tests:
        z, p = _shown(own[key], "%6.2f"), _shown(own[f"{key}p"], "%5.3f")
        text = f"Arellano-Bond test for AR({key[2:]}) in first differences: z = {z:>6}  Pr > z = {p:>6}"
        lines.append(line(text))
    if tests:
        lines.append(last_rule())
    lines += _overidentification(own, "Sargan", "sargan", "sar_df", "sarganp")
    lines.append(line("  (Not robust, but not weakened by many instruments.)"))
    if "hansen" in own:
        lines += _overidentification(own, "Hansen", "hansen", "hansen_df", "hansenp")
        lines.append(line("  (Robust, but weakened by many instruments.)"))
    return lines


def _overidentification(own: dict[str, float], name: str, key: str, df: str, p: str) -> list[Line]:
    statistic = _shown(own[key], "%7.2f") if own[df] else _shown(MISSING, "%7.2f")
    test = f"{name} test of overid. restrictions: chi2({own[df]:.0f})".ljust(46)
    return [line(f"{test}= {statistic:>7}  Prob > chi2 = {_shown(own[p], '%5.3f'):>6}")]


_STATISTICS = tuple(item for item in IV_STATISTICS if item.name in ("xb", "residuals", "stdp"))
ESTIMATOR = FittedEstimator(_STATISTICS, _header, _footer)
