"""The headers of xtreg and the rows under its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xmixed.formats import format_value
from xmixed.formats.width import abbreviate_name
from xmixed.output import Line, line
from xmixed.render.text import result, rule

RIGHT = 48
"""Column where the right block starts; its `=` stands at 67, its values end at 77."""
EQUALS = 67
VALUE = 10
NAME_WIDTH = 12
BODY_WIDTH = 64


@dataclass(frozen=True, slots=True)
class PanelHeader:
    """What stands above the table of xtreg.

    Attributes
    ----------
    r2 : tuple of (within, between, overall), or None
        None: `left` stands in the place of its first line.
    left : str
        `Random effects u_i ~ Gaussian`; only without `r2`.
    statistic : tuple of (label, value)
        `F(2,778)`, `Wald chi2(2)`.
    probability : tuple of (label, value)
    last : str
        What stands left of the probability: `corr(u_i, Xb)  = -0.2562`, `Log likelihood  = -2628.4471`.
    """

    title: str
    group: str
    n_obs: float
    n_groups: float
    sizes: tuple[float, float, float]
    r2: tuple[float, float, float] | None
    left: str
    statistic: tuple[str, float]
    probability: tuple[str, float]
    last: str


def render_header(header: PanelHeader) -> list[Line]:
    smallest, average, largest = header.sizes
    group = f"Group variable: {abbreviate_name(header.group, NAME_WIDTH)}"
    texts = [header.left, "", ""]
    if header.r2 is not None:
        shares = [format_value(share, "%6.4f") for share in header.r2]
        names = ("R-sq:  within  =", "       between =", "       overall =")
        texts = [f"{name} {share}" for name, share in zip(names, shares, strict=True)]
    return [
        _beside(header.title, "Number of obs", format_value(header.n_obs, "%9.0g")),
        _beside(group, "Number of groups", _count(header.n_groups)),
        line(),
        _beside(texts[0], "Obs per group: min", _count(smallest)),
        _beside(texts[1], "               avg", format_value(average, "%9.1f")),
        _beside(texts[2], "               max", _count(largest)),
        line(),
        _beside("", header.statistic[0], format_value(header.statistic[1], "%10.2f")),
        _beside(header.last, header.probability[0], format_value(header.probability[1], "%10.4f")),
    ]


def _count(value: float) -> str:
    return format_value(value, "%9.0g")


def _beside(left: str, label: str, value: str) -> Line:
    head = left.ljust(RIGHT) + label.ljust(EQUALS - RIGHT) + "="
    return line(head, result(value.strip().rjust(VALUE)))


def render_theta(values: Sequence[float]) -> list[Line]:
    """Return theta where it is the same in all groups, else its distribution over them.

    Parameters
    ----------
    values : sequence of 5 floats
        Smallest, 5th, 50th and 95th percentile, largest.
    """
    if values[0] == values[4]:
        return [line(f"theta          = {format_value(values[0], '%9.0g').strip()}")]
    cells = "".join(
        format_value(value, "%6.4f").rjust(width)
        for value, width in zip(values, (6, 9, 11, 9, 9), strict=True)
    )
    return [
        line(),
        line("------------------- theta --------------------"),
        line("  min      5%       median        95%      max"),
        line(cells),
    ]


def render_components(rows: Sequence[tuple[str, float, str]]) -> list[Line]:
    """Return the rows of sigma_u, sigma_e and rho between two rules; each has a remark."""
    lines = [line(f"{rule(NAME_WIDTH + 1)}+{rule(BODY_WIDTH)}")]
    for name, value, remark in rows:
        shown = result(format_value(value, "%10.0g").strip().rjust(11))
        text = f"{name:>{NAME_WIDTH}} |"
        lines.append(line(text, shown, f"   {remark}") if remark else line(text, shown))
    return [*lines, line(rule(NAME_WIDTH + 2 + BODY_WIDTH))]


def render_effects_test(df: float, df_residual: float, statistic: float, p_value: float) -> Line:
    """Return the line of the test that there are no group effects."""
    left = f"F test that all u_i=0:     F({df:.0f}, {df_residual:.0f}) = {format_value(statistic, '%8.2f')}"
    right = f"Prob > F = {format_value(p_value, '%6.4f').strip()}"
    return line(left + right.rjust(max(NAME_WIDTH + 2 + BODY_WIDTH - len(left), len(right) + 2)))


def render_mixture_test(chi2: float, p_value: float) -> Line:
    """Return the line under the table of xtreg, mle."""
    statistic = format_value(chi2, "%8.2f").strip().rjust(8)
    return line(
        f"Likelihood-ratio test of sigma_u=0: chibar2(01)={statistic} Prob>=chibar2 = "
        f"{format_value(p_value, '%5.3f').strip()}"
    )


# --- population averages --------------------------------------------------------------------------------

LEFT = 42
"""Where values of the left block end."""


@dataclass(frozen=True, slots=True)
class PopulationHeader:
    """What stands above the table of xtgee.

    Attributes
    ----------
    group : str
        The panel variable, and that of time where the correlations need it.
    sizes : tuple of (smallest, average, largest)
    wald : tuple of (df, chi2, p)
    fit : tuple of (df, Pearson chi2, deviance, their ratios to df), or None
        Shown where panels are independent.
    """

    title: str
    group: str
    link: str
    family: str
    corr: str
    scale: float
    n_obs: float
    n_groups: float
    sizes: tuple[float, float, float]
    wald: tuple[float, float, float]
    fit: tuple[float, float, float, float, float] | None = None


def render_population_header(header: PopulationHeader) -> list[Line]:
    smallest, average, largest = header.sizes
    df, chi2, p_value = header.wald
    group = "Group and time vars:" if " " in header.group else "Group variable:"
    lines = [
        _beside(header.title, "Number of obs", format_value(header.n_obs, "%9.0g")),
        _beside(_left(group, header.group), "Number of groups", _count(header.n_groups)),
        _beside(_left("Link:", header.link), "Obs per group: min", _count(smallest)),
        _beside(_left("Family:", header.family), "               avg", format_value(average, "%9.1f")),
        _beside(_left("Correlation:", header.corr), "               max", _count(largest)),
        _beside("", f"Wald chi2({df:.0f})", format_value(chi2, "%10.2f")),
        _beside(
            _left("Scale parameter:", _figure(header.scale)), "Prob > chi2", format_value(p_value, "%10.4f")
        ),
    ]
    if header.fit is not None:
        df_pearson, pearson, deviance, ratio, dispersion = header.fit
        chi2_text = _left(f"Pearson chi2({df_pearson:.0f}):", format_value(pearson, "%12.2f").strip())
        lines += [
            line(),
            _beside(chi2_text, "Deviance", format_value(deviance, "%10.2f")),
            _beside(_left("Dispersion (Pearson):", _figure(ratio)), "Dispersion", _figure(dispersion)),
        ]
    return lines


def _left(label: str, value: str) -> str:
    return label + value.rjust(max(LEFT - len(label), len(value) + 1))


def _figure(value: float) -> str:
    return format_value(value, "%9.0g").strip()


def render_tolerance(iteration: int, change: float) -> Line:
    """Return a line of the iteration log."""
    return line(f"Iteration {iteration}: tolerance = ", result(format_value(change, "%9.0g").strip()))
