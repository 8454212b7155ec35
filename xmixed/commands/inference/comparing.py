"""What ttest, sdtest, prtest and their forms of typed figures show of samples, and what they keep in r()."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.formats import format_value
from xmixed.missing import MISSING
from xmixed.render.layouts.inference.comparisons import (
    ProportionRow,
    SampleRow,
    TailTest,
    render_proportions,
    render_samples,
    render_test,
    three_tails,
)
from xmixed.session.results import Results
from xmixed.session.state import SessionState
from xmixed.statistics.distributions import normal_quantile
from xmixed.statistics.inference.comparisons import (
    Proportion,
    Sample,
    TTest,
    Unequal,
    VarianceTest,
    ZTest,
    one_proportion,
    one_sample,
    two_proportions,
    two_samples,
    variance_of_one,
    variance_ratio,
)

METHODS = ("exact", "wald", "wilson", "agresti", "jeffreys")
"""Limits of proportions."""

DEGREES = {
    "": "degrees of freedom",
    "satterthwaite": "Satterthwaite's degrees of freedom",
    "welch": "Welch's degrees of freedom",
}


def sample_row(name: str, sample: Sample, level: float) -> SampleRow:
    """Return the row of a sample in the tables of means."""
    return SampleRow(name, sample.n, sample.mean, sample.se, sample.sd, sample.limits(level))


def both_tails(test: TTest) -> tuple[float, float, float]:
    """Return the p-values of the three alternatives."""
    return test.p_lower, test.p, test.p_upper


def show_one_sample(session: SessionState, name: str, sample: Sample, number: float, level: float) -> None:
    """Show the test that a mean is a number, and keep it in r()."""
    test = one_sample(sample, number)
    value = format_value(number, "%9.0g").strip()
    lines = render_samples("One-sample t test", "Variable", [[sample_row(name, sample, level)]], level)
    shown = TailTest(
        f"    mean = mean({name})",
        "t",
        test.t,
        f"Ho: mean = {value}",
        DEGREES[""],
        f"{test.df:.0f}",
        *three_tails("mean", value, "T", both_tails(test)),
    )
    session.out.write(*lines, *render_test(shown))
    session.r = saved_t(test, (sample,), level)


def show_two_samples(
    session: SessionState,
    head: str,
    names: tuple[str, ...],
    samples: tuple[Sample, ...],
    together: Sample,
    unequal: Unequal,
    level: float,
) -> None:
    """Show the test that two means are equal, and keep it in r()."""
    first, second = samples
    test = two_samples(first, second, unequal)
    blocks = [
        [sample_row(names[0], first, level), sample_row(names[1], second, level)],
        [sample_row("combined", together, level)],
        [SampleRow("diff", None, test.difference, test.se, None, test.limits(level))],
    ]
    title = f"Two-sample t test with {'un' if unequal else ''}equal variances"
    df = format_value(test.df, "%8.0g").strip()
    shown = TailTest(
        f"    diff = mean({names[0]}) - mean({names[1]})",
        "t",
        test.t,
        "Ho: diff = 0",
        DEGREES[unequal],
        df,
        *three_tails("diff", "0", "T", both_tails(test)),
    )
    session.out.write(*render_samples(title, head, blocks, level), *render_test(shown))
    saved = saved_t(test, (first, second), level)
    saved.scalars["sd"] = together.sd
    session.r = saved


def saved_t(test: TTest, samples: tuple[Sample, ...], level: float) -> Results:
    """Return r() with Stata's names."""
    scalars = {"level": level}
    scalars |= {f"sd_{i}": samples[i - 1].sd for i in range(len(samples), 0, -1)}
    scalars |= {"se": test.se, "p_u": test.p_upper, "p_l": test.p_lower, "p": test.p}
    scalars |= {"t": test.t, "df_t": test.df}
    for i in range(len(samples), 0, -1):
        scalars |= {f"mu_{i}": samples[i - 1].mean, f"N_{i}": samples[i - 1].n}
    return Results(scalars={name: value for name, value in scalars.items() if value < MISSING or name == "p"})


def show_variances(
    session: SessionState,
    head: str,
    group_names: tuple[str, ...],
    samples: list[Sample],
    together: Sample,
    number: float,
    level: float,
) -> None:
    """Show the test that a standard deviation is a number, or that two are equal; keep it in r()."""
    rows = [
        SampleRow(name, s.n, s.mean, s.se, s.sd, s.limits(level))
        for name, s in zip(group_names, samples, strict=True)
    ]
    if len(samples) == 1:
        if number <= 0:
            raise StataError(198, "the standard deviation must be positive")
        test = variance_of_one(samples[0], number)
        value = format_value(number, "%9.0g").strip()
        lines = render_samples("One-sample test of variance", "Variable", [rows], level)
        what, statistic, letter, df = "sd", "c = chi2", "C", f"{test.df:.0f}"
        names = f"    sd = sd({group_names[0]})"
    else:
        test = variance_ratio(*samples)
        value, what, statistic, letter = "1", "ratio", "f", "F"
        df = f"{test.df:.0f}, {test.df2:.0f}"
        s = together
        combined = SampleRow("combined", s.n, s.mean, s.se, s.sd, s.limits(level))
        lines = render_samples("Variance ratio test", head, [rows, [combined]], level)
        names = f"    ratio = sd({group_names[0]}) / sd({group_names[1]})"
    tails = three_tails(what, value, letter, (test.p_lower, test.p, test.p_upper), twice=True)
    hypothesis = f"Ho: {what} = {value}"
    shown = TailTest(names, statistic, test.statistic, hypothesis, "degrees of freedom", df, *tails)
    session.out.write(*lines, *render_test(shown))
    session.r = _saved_variances(test, samples)


def _saved_variances(test: VarianceTest, samples: list[Sample]) -> Results:
    scalars = {"p_l": test.p_lower, "p_u": test.p_upper, "p": test.p}
    if len(samples) == 1:
        scalars |= {"N": samples[0].n, "sd": samples[0].sd, "chi2": test.statistic, "df": test.df}
    else:
        scalars |= {"F": test.statistic, "df_1": test.df, "df_2": test.df2}
        scalars |= {
            f"{name}_{i + 1}": getattr(s, key)
            for i, s in enumerate(samples)
            for name, key in (("N", "n"), ("sd", "sd"))
        }
    return Results(scalars=scalars)


def show_proportions(
    session: SessionState, group_names: tuple[str, ...], parts: list[Proportion], number: float, level: float
) -> None:
    """Show the test that a proportion is a number, or that two are equal; keep it in r()."""
    z = normal_quantile(level)
    rows = [_share_row(name, part.p, part.se, z) for name, part in zip(group_names, parts, strict=True)]
    counts = [(name, part.n) for name, part in zip(group_names, parts, strict=True)]
    if len(parts) == 1:
        if not 0 < number < 1:
            raise StataError(198, "the proportion must be between 0 and 1")
        test = one_proportion(parts[0], number)
        value = format_value(number, "%9.0g").strip()
        lines = render_proportions("One-sample test of proportion", counts, [rows], level, False)
        what, names = "p", f"    p = proportion({group_names[0]})"
        hypothesis = f"Ho: p = {value}"
    else:
        test = two_proportions(*parts)
        value, what = "0", "diff"
        under = ProportionRow("", None, test.se0, test.z, test.p)
        blocks = [rows, [_share_row("diff", test.difference, test.se, z), under]]
        lines = render_proportions("Two-sample test of proportions", counts, blocks, level, True)
        names = f"        diff = prop({group_names[0]}) - prop({group_names[1]})"
        hypothesis = "    Ho: diff = 0"
    tails = three_tails(what, value, "Z", (test.p_lower, test.p, test.p_upper))
    shown = TailTest(names, "z", test.z, hypothesis, "", "", *tails)
    session.out.write(*lines, *render_test(shown))
    session.r = _saved_shares(test, parts)


def _share_row(name: str, value: float, se: float, z: float) -> ProportionRow:
    return ProportionRow(name, value, se, limits=(value - z * se, value + z * se))


def _saved_shares(test: ZTest, parts: list[Proportion]) -> Results:
    scalars = {"z": test.z}
    scalars |= {
        f"{name}_{i + 1}": getattr(p, key)
        for i, p in enumerate(parts)
        for name, key in (("P", "p"), ("N", "n"))
    }
    return Results(scalars=scalars)
