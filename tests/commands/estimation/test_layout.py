"""The display of xtmixed from pinned figures, byte for byte (FORMAT.md A2-A7)."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from tests.commands.estimation import fakes
from xmixed.estimation.display_options import DisplayOptions, display_options
from xmixed.estimation.mixed.display import display
from xmixed.estimation.mixed.model import LevelSummary, RandomEquationSummary
from xmixed.expressions.factors.terms import Part, Term
from xmixed.missing import MISSING
from xmixed.render.layouts.estimation.coefficient_table import TableStyle
from xmixed.render.layouts.estimation.mixed_random_table import effect_label
from xmixed.session.settings import Settings

RANDOM_INTERCEPT = """
Mixed-effects ML regression                     Number of obs      =       432
Group variable: id                              Number of groups   =        48

                                                Obs per group: min =         9
                                                               avg =       9.0
                                                               max =         9


                                                Wald chi2(1)       =  25337.49
Log likelihood = -1014.9268                     Prob > chi2        =    0.0000

------------------------------------------------------------------------------
      weight |      Coef.   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
        week |   6.209896   .0390124   159.18   0.000     6.133433    6.286359
       _cons |   19.35561   .5974059    32.40   0.000     18.18472     20.5265
------------------------------------------------------------------------------

------------------------------------------------------------------------------
  Random-effects Parameters  |   Estimate   Std. Err.     [95% Conf. Interval]
-----------------------------+------------------------------------------------
id: Identity                 |
                   sd(_cons) |   3.849352   .4058119      3.130769    4.732866
-----------------------------+------------------------------------------------
                sd(Residual) |   2.093625   .0755472       1.95067    2.247056
------------------------------------------------------------------------------
LR test vs. linear regression: chibar2(01) =   472.65 Prob >= chibar2 = 0.0000
""".rstrip("\n")


def options(**changes: object) -> DisplayOptions:
    style = {
        name: changes.pop(name)
        for name in list(changes)
        if name in TableStyle.__dataclass_fields__ and name not in DisplayOptions.__dataclass_fields__
    }
    return DisplayOptions(TableStyle(**style), **changes)  # type: ignore[arg-type]


def text(estimates: object, **changes: object) -> str:
    return "\n".join(line.text for line in display(estimates, options(**changes)))  # type: ignore[arg-type]


@pytest.fixture
def intercept():
    pinned = fakes.result(
        [6.209896, 19.35561],
        [0.0390124, 0.5974059],
        [[[3.849352**2]]],
        2.093625,
        [0.4058119 / 3.849352, 0.0755472 / 2.093625],
    )
    return fakes.estimates(pinned, -1014.9268, 1, 25337.49, 472.65)


def test_random_intercept(intercept):
    assert text(intercept) == RANDOM_INTERCEPT


def test_suppressed_parts(intercept):
    header = "\n".join(RANDOM_INTERCEPT.split("\n")[:11])
    assert text(intercept, fixed_table=False, random_table=False, comparison=False) == header
    assert text(intercept, header=False).startswith("\n---")
    assert text(intercept, header=False, fixed_table=False).split("\n")[2].startswith("  Random-effects")
    assert "LR test" not in text(intercept, comparison=False)


def test_nogroup_keeps_one_blank_line(intercept):
    lines = text(intercept, group=False).split("\n")
    assert lines[1].startswith("Mixed-effects ML regression")
    assert lines[2] == ""
    assert lines[3] == "                                                Wald chi2(1)       =  25337.49"


def test_variance_metric(intercept):
    lines = text(intercept, variance=True).split("\n")
    assert "                  var(_cons) |   14.81751   3.124226      9.801715    22.40002" in lines
    assert "               var(Residual) |   4.383266    .316335      3.805113    5.049263" in lines


def test_level_changes_the_heads(intercept):
    lines = text(intercept, level=99.9).split("\n")
    assert "      weight |      Coef.   Std. Err.      z    P>|z|   [99.9% Conf. Interval]" in lines
    assert "  Random-effects Parameters  |   Estimate   Std. Err.   [99.9% Conf. Interval]" in lines
    assert "[90% Conf. Interval]" in text(intercept, level=90.0)


def test_formats(intercept):
    shown = text(intercept, cformat="%6.2f", pformat="%4.2f", sformat="%5.1f")
    assert "        week |       6.21       0.04    159.2    0.00         6.13        6.29" in shown
    assert "                   sd(_cons) |       3.85       0.41          3.13        4.73" in shown


def test_coefficient_legend(intercept):
    lines = text(intercept, legend=True).split("\n")
    assert lines[13:17] == [
        "      weight |      Coef.  Legend",
        "-------------+----------------------------------------------------------------",
        "        week |   6.209896  _b[week]",
        "       _cons |   19.35561  _b[_cons]",
    ]


ESTIMATION_METRIC = """
------------------------------------------------------------------------------
      weight |      Coef.   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
weight       |
        week |   6.209896   .0390124   159.18   0.000     6.133433    6.286359
       _cons |   19.35561   .5974059    32.40   0.000     18.18472     20.5265
-------------+----------------------------------------------------------------
lns1_1_1     |
       _cons |   1.347905   .1054234    12.79   0.000     1.141279    1.554531
-------------+----------------------------------------------------------------
lnsig_e      |
       _cons |    .738897   .0360844    20.48   0.000     .6681729    .8096211
------------------------------------------------------------------------------
""".rstrip("\n")


def test_estimation_metric(intercept):
    assert text(intercept, estmetric=True, header=False, comparison=False) == ESTIMATION_METRIC
    assert "       _cons |   1.347905  _b[lns1_1_1:_cons]" in text(intercept, estmetric=True, legend=True)
    assert "        week |   6.209896  _b[weight:week]" in text(intercept, estmetric=True, legend=True)


UNSTRUCTURED = """
------------------------------------------------------------------------------
  Random-effects Parameters  |   Estimate   Std. Err.     [95% Conf. Interval]
-----------------------------+------------------------------------------------
id: Unstructured             |
                    sd(week) |   .6095286   .0666874      .4918874    .7553052
                   sd(_cons) |   2.612157   .2997908      2.085978     3.27106
            corr(week,_cons) |  -.0618251   .1571913     -.3557075    .2427178
-----------------------------+------------------------------------------------
                sd(Residual) |   1.263657   .0487470      1.171638    1.362903
------------------------------------------------------------------------------
LR test vs. linear regression:       chi2(3) =   764.58   Prob > chi2 = 0.0000

Note: LR test is conservative and provided only for reference.
""".rstrip("\n").replace(".0487470", " .048747")


def unstructured():
    equation = RandomEquationSummary("id", 1, 1, "unstructured", ("week", "_cons"))
    described = fakes.description(equations=(equation,))
    sd1, sd2, rho = 0.6095286, 2.612157, -0.0618251
    cov = rho * sd1 * sd2
    pinned = fakes.result(
        [6.209896, 19.35561],
        [0.0910745, 0.3996387],
        [[[sd1**2, cov], [cov, sd2**2]]],
        1.263657,
        [0.0666874 / sd1, 0.2997908 / sd2, 0.1571913 / (1 - rho**2), 0.048747 / 1.263657],
        described,
    )
    return fakes.estimates(pinned, -868.96185, 1, 4649.17, 764.58)


def test_unstructured():
    shown = text(unstructured(), header=False, fixed_table=False).split("\n")
    wanted = UNSTRUCTURED.split("\n")
    assert [line[:29] for line in shown] == [line[:29] for line in wanted]
    assert len(shown) == len(wanted) and shown[-3:] == wanted[-3:]
    assert {len(line) for line in shown if line} == {30, 62, 78}


def test_covariance_interval_is_symmetric():
    rows = [line for line in text(unstructured(), variance=True).split("\n") if "cov(" in line]
    estimate, error, lower, upper = (float(word) for word in rows[0].partition("|")[2].split())
    z = 1.959963984540054
    assert lower == pytest.approx(estimate - z * error, abs=1e-6)
    assert upper == pytest.approx(estimate + z * error, abs=1e-6)


def test_exchangeable_and_identity_labels():
    equations = (
        RandomEquationSummary("id", 1, 1, "exchangeable", ("a", "b")),
        RandomEquationSummary("id", 1, 2, "identity", ("c", "d")),
    )
    pinned = fakes.result(
        [1.0, 2.0],
        [0.1, 0.1],
        [[[4, 1], [1, 4]], [[9, 0], [0, 9]]],
        1.0,
        [0.1] * 4,
        fakes.description(equations=equations),
    )
    rows = text(fakes.estimates(pinned, -1.0, 1, 10.0), header=False, fixed_table=False).split("\n")
    assert [row.partition("|")[0].strip() for row in rows if "(" in row] == [
        "sd(a b)",
        "corr(a b)",
        "sd(c d)",
        "sd(Residual)",
    ]
    assert sum(row.startswith("id: ") for row in rows) == 2


SEVERAL_LEVELS = """
Mixed-effects REML regression                   Number of obs      =       432

-----------------------------------------------------------
                |   No. of       Observations per Group
 Group Variable |   Groups    Minimum    Average    Maximum
----------------+------------------------------------------
         region |        9         51       90.7        136
   aVeryLongN~e |       48         17       17.0         17
-----------------------------------------------------------

                                                Wald chi2(1)       =     10.00
Log restricted-likelihood =       -1.5          Prob > chi2        =    0.0016
""".rstrip("\n")


def test_several_levels():
    equations = (
        RandomEquationSummary("region", 1, 1, "identity", ("_cons",)),
        RandomEquationSummary("aVeryLongName", 2, 1, "identity", ("_cons",)),
    )
    levels = (LevelSummary("region", 9, 51, 816 / 9, 136), LevelSummary("aVeryLongName", 48, 17, 17.0, 17))
    described = fakes.description(equations=equations, levels=levels, method="reml")
    pinned = fakes.result([1.0, 2.0], [0.1, 0.1], [[[1.0]], [[1.0]]], 1.0, [0.1] * 3, described)
    shown = text(fakes.estimates(pinned, -1.5, 1, 10.0), fixed_table=False, random_table=False)
    assert shown == SEVERAL_LEVELS


def test_boundary_shows_dots_and_a_note():
    described = fakes.description()
    note = (
        "the variance of _cons at level id is on the boundary of the parameter space (zero); "
        "its standard error is not computed."
    )
    pinned = fakes.result([1.0, 2.0], [0.1, 0.1], [[[0.0]]], 1.0, [0.0, 0.1], described, (note,))
    shown = text(fakes.estimates(pinned, -1.0, 1, 10.0, 0.0), header=False, fixed_table=False).split("\n")
    assert "                   sd(_cons) |          0          .             .           ." in shown
    assert shown[-2:] == [
        "Note: the variance of _cons at level id is on the boundary of the parameter",
        "      space (zero); its standard error is not computed.",
    ]


def test_linear_regression():
    equation = RandomEquationSummary("id", 1, 1, "independent", ())
    described = fakes.description(equations=(equation,), levels=())
    pinned = fakes.result([1.0, 2.0], [0.1, 0.1], [[]], 1.0, [0.1], described)
    shown = text(fakes.estimates(pinned, -1.0, 1, 10.0)).split("\n")
    assert shown[1] == "Note: all random-effects equations are empty; model is linear regression"
    assert shown[3].startswith("Mixed-effects ML regression")
    assert shown[4] == ""
    assert sum(line.startswith("-----------------------------+") for line in shown) == 1
    assert not any("LR test" in line or "id:" in line for line in shown)


def test_missing_wald_test():
    described = fakes.description(terms=(fakes.CONSTANT,))
    pinned = fakes.result([2.0], [0.1], [[[1.0]]], 1.0, [0.1, 0.1], described)
    estimates = fakes.estimates(pinned, -1.0, 0, MISSING)
    shown = text(estimates).split("\n")
    assert "                                                Wald chi2(0)       =         ." in shown
    assert "Log likelihood =         -1                     Prob > chi2        =         ." in shown


def factor_terms():
    girl = lambda level, **more: Part("girl", level=level, **more)  # noqa: E731
    return (
        Term((girl(0, base=True),), "base", factorial=True),
        Term((girl(1),), factorial=True),
        Term((girl(0, base=True), Part("age")), factorial=True),
        Term((girl(1), Part("age")), factorial=True),
        Term((Part("age"), Part("age")), factorial=True),
        fakes.plain("copy", "omitted"),
        fakes.CONSTANT,
    )


FACTORS = """
------------------------------------------------------------------------------
      weight |      Coef.   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
      1.girl |         -1         .5    -2.00   0.046    -1.979982    -.020018
             |
  girl#c.age |
          0  |          7         .5    14.00   0.000     6.020018    7.979982
          1  |          8         .5    16.00   0.000     7.020018    8.979982
             |
 c.age#c.age |         -2         .5    -4.00   0.000    -2.979982   -1.020018
             |
        copy |          0  (omitted)
       _cons |          4         .5     8.00   0.000     3.020018    4.979982
------------------------------------------------------------------------------
""".rstrip("\n")


@pytest.fixture
def factors():
    described = fakes.description(terms=factor_terms())
    pinned = fakes.result(
        [0, -1, 7, 8, -2, 0, 4], [0, 0.5, 0.5, 0.5, 0.5, 0, 0.5], [[[1.0]]], 1.0, [0.1, 0.1], described
    )
    return fakes.estimates(pinned, -1.0, 4, 10.0)


def test_factor_blocks(factors):
    assert text(factors, header=False, random_table=False) == FACTORS


def test_factor_display_options(factors):
    lines = FACTORS.split("\n")
    squished = [line for line in lines if line != "             |"]
    assert text(factors, header=False, random_table=False, vsquish=True).split("\n") == squished
    without = [line for line in lines if "omitted" not in line]
    assert text(factors, header=False, random_table=False, omitted=False).split("\n") == without
    with_base = text(factors, header=False, random_table=False, baselevels=True).split("\n")
    assert with_base[4:7] == [
        "        girl |",
        "          0  |          0  (base)",
        "          1  |         -1         .5    -2.00   0.046    -1.979982    -.020018",
    ]


def test_long_names_are_cut_or_stretch():
    terms = (
        fakes.plain("videorelevant"),
        Term((Part("foreigner", level=1), Part("weightings")), factorial=True),
        fakes.CONSTANT,
    )
    pinned = fakes.result(
        [1.0, 2.0, 3.0], [0.5] * 3, [[[1.0]]], 1.0, [0.1, 0.1], fakes.description(terms=terms)
    )
    estimates = fakes.estimates(pinned, -1.0, 2, 10.0)
    narrow = text(estimates, header=False, random_table=False).split("\n")
    assert narrow[4].startswith("videorelev~t |")
    assert narrow[6:9] == [
        "   foreigner#|",
        "c.weightings |",
        "          1  |          2         .5     4.00   0.000     1.020018    2.979982",
    ]
    wide = text(estimates, header=False, random_table=False, linesize=100).split("\n")
    assert wide[1] == "-" * (78 + 10)
    assert wide[4].startswith("         videorelevant |          1")
    assert (
        text(estimates, header=False, random_table=False, linesize=100, lstretch=False).split("\n") == narrow
    )


def test_effect_labels_fit():
    assert effect_label("sd", ("hwy", "unemp"), " ") == "sd(hwy unemp)"
    for names in (("centforestarea2", "videorelevant"), tuple(f"variable{i}" for i in range(9))):
        assert len(effect_label("corr", names, ",")) <= 28


def test_display_options_refuse_nonsense():
    from xmixed.errors import StataError

    for given in ({"cformat": "%12.3f"}, {"cformat": "%q"}, {"pformat": "%9s"}):
        with pytest.raises(StataError):
            display_options(
                lambda name, default=None, given=given: given.get(name, default), Settings(), False
            )


def test_huge_limits_are_missing():
    pinned = fakes.result([1.0, 2.0], [0.1, 0.1], [[[1e-8]]], 1.0, [1e4, 0.1])
    shown = text(replace(fakes.estimates(pinned, -1.0, 1, 10.0)), header=False, fixed_table=False)
    row = next(line for line in shown.split("\n") if "sd(_cons)" in line)
    assert row.endswith(".") and math.isfinite(1.0)
