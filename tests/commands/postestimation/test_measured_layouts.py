"""Layouts of FORMAT-estimation 2 and 3 byte for byte: the sample blocks' figures through the renderers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from xmixed.missing import MISSING
from xmixed.output import Line
from xmixed.render.layouts.estimation.coefficient_table import (
    CoefficientRow,
    Equation,
    Figures,
    TableStyle,
    render_coefficients,
)
from xmixed.render.layouts.postestimation.contrasts import (
    ContrastBlock,
    ContrastRow,
    ContrastStyle,
    render_contrasts,
    render_counts,
    render_term_tests,
)
from xmixed.render.layouts.postestimation.estat import MatrixStyle, render_correlations, render_lower_triangle
from xmixed.render.layouts.postestimation.estimates import LikelihoodRatio, render_likelihood_ratio
from xmixed.render.layouts.postestimation.hausman import HausmanTable, render_hausman
from xmixed.render.layouts.postestimation.margins import HeldPoint, HeldRow, MarginsHead, render_head
from xmixed.render.layouts.postestimation.wald_tests import (
    WaldTest,
    render_constraints,
    render_expressions,
    render_multiple_tests,
    render_nonlinear_test,
    render_numbered,
    render_wald_test,
)


def shown(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


def block(text: str) -> str:
    """Return a block of the evidence; `~` ends a line that has a blank there."""
    return text.strip("\n").replace("~", " ")


def full(*numbers: float) -> Figures:
    """Estimate, standard error, statistic, p-value and limits."""
    b, se, statistic, p, lower, upper = numbers
    return Figures(b, se, statistic, p, lower, upper)


def limits(*numbers: float) -> Figures:
    b, se, lower, upper = numbers
    return Figures(b, se, MISSING, MISSING, lower, upper)


GRP = (
    (63.90417, 0.5118063, 124.86, 0.000, 62.90105, 64.90729),
    (62.73076, 0.5327104, 117.76, 0.000, 61.68667, 63.77485),
    (63.29484, 0.6091552, 103.91, 0.000, 62.10092, 64.48876),
)
EXPRESSION = ("Expression", "Linear prediction, fixed portion, predict()")
DELTA = TableStyle(robust=True, error_title="Delta-method", estimate_title="Margin")
EFFECTS = TableStyle(robust=True, error_title="Delta-method", estimate_title="dy/dx")


# --- estat ----------------------------------------------------------------------------------------------


def test_recovariance() -> None:
    values = np.array([[0.8213377, 0, 0], [0.3417052, 0.6548112, 0], [4.118934, 1.352044, 57.40313]])
    found = render_lower_triangle(values, ("age", "age2", "_cons"), MatrixStyle("", "%9.0g"), 80)
    assert shown(found) == block("""
             |       age       age2      _cons~
-------------+---------------------------------
         age |  .8213377                      ~
        age2 |  .3417052   .6548112           ~
       _cons |  4.118934   1.352044   57.40313~
""")


def test_icc() -> None:
    rows = [
        ("clinic", limits(0.0412553, 0.0183904, 0.0169726, 0.0968512)),
        ("child|clinic", limits(0.5733026, 0.0241873, 0.5254011, 0.6198727)),
    ]
    found = shown(render_correlations("Residual intraclass correlation", rows, 95.0, False))
    assert found.strip("\n") == block("""
Residual intraclass correlation

------------------------------------------------------------------------------
                       Level |        ICC   Std. Err.     [95% Conf. Interval]
-----------------------------+------------------------------------------------
                      clinic |   .0412553   .0183904      .0169726    .0968512
                child|clinic |   .5733026   .0241873      .5254011    .6198727
------------------------------------------------------------------------------
""")


def test_vce() -> None:
    values = np.array(
        [
            [0.00931626, 0, 0],
            [-0.00107423, 0.04613273, 0],
            [-0.01840551, -0.00396402, 0.52549957],
        ]
    )
    found = render_lower_triangle(values, ("hours", "ses", "_cons"), MatrixStyle("e(V)", "%10.0g"), 80)
    assert shown(found) == block("""
        e(V) |      hours         ses       _cons~
-------------+------------------------------------
       hours |  .00931626                        ~
         ses | -.00107423   .04613273            ~
       _cons | -.01840551  -.00396402   .52549957~
""")


def test_vce_with_equations() -> None:
    # The block's head row has one blank more at its end than the rows below it.
    values = np.array([[0.00931626, 0], [-0.01840551, 0.52549957]])
    names = ("score:hours", "score:_cons")
    assert shown(render_lower_triangle(values, names, MatrixStyle("e(V)", "%10.0g"), 80)) == block("""
             | score                 ~
        e(V) |      hours       _cons~
-------------+------------------------
score        |                       ~
       hours |  .00931626            ~
       _cons | -.01840551   .52549957~
""")


# --- tests and combinations -----------------------------------------------------------------------------


def test_wald_tests() -> None:
    first = render_constraints(["[score]ses = 0", "[score]hours = 0"], (), 80)
    assert shown([*first, *render_wald_test(WaldTest(9.14, 2, 0.0104))]).strip("\n") == block("""
 ( 1)  [score]ses = 0
 ( 2)  [score]hours = 0

           chi2(  2) =    9.14
         Prob > chi2 =    0.0104
""")
    texts = ["2.grp - 3.grp = 0", "2.grp - hours = 0", "2.grp = 0"]
    second = [*render_constraints(texts, (), 80), *render_wald_test(WaldTest(8.41, 3, 0.0, 211))]
    assert shown(second).strip("\n") == block("""
 ( 1)  2.grp - 3.grp = 0
 ( 2)  2.grp - hours = 0
 ( 3)  2.grp = 0

       F(  3,   211) =    8.41
            Prob > F =    0.0000
""")


def test_nonlinear_test() -> None:
    found = [*render_numbered(["_b[ses]/_b[hours] = 5"]), *render_nonlinear_test(WaldTest(2.50, 1, 0.1138))]
    assert shown(found).strip("\n") == block("""
  (1)  _b[ses]/_b[hours] = 5

               chi2(1) =        2.50
           Prob > chi2 =        0.1138
""")


def test_multiple_tests() -> None:
    single = [WaldTest(5.91, 1, 0.01505), WaldTest(11.38, 1, 0.00075)]
    found = render_multiple_tests(single, [0.0301, 0.0015], "bonferroni", WaldTest(12.07, 2, 0.0024))
    assert shown(found).strip("\n") == block("""
---------------------------------------
       |        chi2     df       p
-------+-------------------------------
  (1)  |        5.91      1     0.0301 #
  (2)  |       11.38      1     0.0015 #
-------+-------------------------------
  all  |       12.07      2     0.0024
---------------------------------------
          # Bonferroni-adjusted p-values
""")


def test_lincom() -> None:
    row = CoefficientRow("(1)", full(0.292279, 0.5263414, 0.56, 0.579, -0.7393312, 1.323889))
    table = render_coefficients("score", [Equation((row,))], TableStyle())
    head = render_constraints(["[score]ses - 5*[score]hours = 0"], (), 80)
    assert shown(head).strip("\n") + "\n\n" + shown(table) == block("""
 ( 1)  [score]ses - 5*[score]hours = 0

------------------------------------------------------------------------------
       score |      Coef.   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
         (1) |    .292279   .5263414     0.56   0.579    -.7393312    1.323889
------------------------------------------------------------------------------
""")


def test_nlcom() -> None:
    items = [("_nl_1", "_b[ses]/_b[hours]"), ("_nl_2", "_b[_cons] + 10*_b[hours]")]
    rows = (
        CoefficientRow("_nl_1", full(5.697929, 1.410233, 4.04, 0.000, 2.933923, 8.461935)),
        CoefficientRow("_nl_2", full(65.39626, 1.104857, 59.19, 0.000, 63.23078, 67.56174)),
    )
    table = render_coefficients("", [Equation(rows)], TableStyle())
    assert shown(render_expressions(items)).strip("\n") + "\n\n" + shown(table) == block("""
       _nl_1:  _b[ses]/_b[hours]
       _nl_2:  _b[_cons] + 10*_b[hours]

------------------------------------------------------------------------------
             |      Coef.   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
       _nl_1 |   5.697929   1.410233     4.04   0.000     2.933923    8.461935
       _nl_2 |   65.39626   1.104857    59.19   0.000     63.23078    67.56174
------------------------------------------------------------------------------
""")


def test_likelihood_ratios() -> None:
    # One blank behind `space.` as in the manual's sessions; logs of other releases have two.
    first = render_likelihood_ratio(LikelihoodRatio("ri", "rs", 17.83, 2, 0.0001, True))
    assert shown(first).strip("\n") == block("""
Likelihood-ratio test                                 LR chi2(2)  =     17.83
(Assumption: ri nested in rs)                         Prob > chi2 =    0.0001

Note: The reported degrees of freedom assumes the null hypothesis is not on
      the boundary of the parameter space. If this is not true, then the
      reported test is conservative.
""")
    second = render_likelihood_ratio(LikelihoodRatio("short", "long", -3.42, 1, 1.0, False, True))
    assert shown(second).strip("\n") == block("""
Likelihood-ratio test                                 LR chi2(1)  =     -3.42
(Assumption: short nested in long)                    Prob > chi2 =    1.0000

Note: LR tests based on REML are valid only when the fixed-effects
      specification is identical for both models.
""")


def test_hausman() -> None:
    rows = [
        ("hours", 0.4187726, 0.4402118, -0.0214392, 0.0311902),
        ("ses", 2.386142, 2.501877, -0.115735, 0.0844116),
    ]
    table = HausmanTable(("fe", "re"), ("xtreg", "xtreg"), rows, 6.27, 2, 2, 0.0435, True)
    assert shown(render_hausman(table, 80)).strip("\n") == block("""
                 ---- Coefficients ----
             |      (b)          (B)            (b-B)     sqrt(diag(V_b-V_B))
             |      fe           re          Difference          S.E.
-------------+----------------------------------------------------------------
       hours |    .4187726     .4402118       -.0214392        .0311902
         ses |    2.386142     2.501877        -.115735        .0844116
------------------------------------------------------------------------------
                           b = consistent under Ho and Ha; obtained from xtreg
            B = inconsistent under Ha, efficient under Ho; obtained from xtreg

    Test:  Ho:  difference in coefficients not systematic

                  chi2(2) = (b-B)'[(V_b-V_B)^(-1)](b-B)
                          =        6.27
                Prob>chi2 =      0.0435
""")


# --- margins --------------------------------------------------------------------------------------------


def test_margins_of_a_factor() -> None:
    rows = tuple(
        CoefficientRow(str(level), full(*own), ("grp",), f"{level}.grp") for level, own in enumerate(GRP, 1)
    )
    head = render_head(MarginsHead("Predictive margins", 1200, fields=(EXPRESSION,)), 80, False)
    table = render_coefficients("", [Equation(rows)], DELTA)
    assert shown([*head, *table]).strip("\n") == block("""
Predictive margins                                Number of obs   =       1200

Expression   : Linear prediction, fixed portion, predict()

------------------------------------------------------------------------------
             |            Delta-method
             |     Margin   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
         grp |
          1  |   63.90417   .5118063   124.86   0.000     62.90105    64.90729
          2  |   62.73076   .5327104   117.76   0.000     61.68667    63.77485
          3  |   63.29484   .6091552   103.91   0.000     62.10092    64.48876
------------------------------------------------------------------------------
""")


def test_margins_at_points() -> None:
    points = tuple(
        HeldPoint(
            (
                (
                    "",
                    (HeldRow("hours", hours), HeldRow("grp", 1.0), HeldRow("ses", 0.0312744, "(mean)")),
                ),
            )
        )
        for hours in (2.0, 4.0)
    )
    head = MarginsHead("Adjusted predictions", 1200, fields=(EXPRESSION,), points=points, numbered=True)
    rows = (
        CoefficientRow("1", full(62.12071, 0.5518063, 112.58, 0, 61.03919, 63.20223), ("_at",), "1._at"),
        CoefficientRow("2", full(62.95826, 0.4927104, 127.78, 0, 61.99257, 63.92395), ("_at",), "2._at"),
    )
    table = render_coefficients("", [Equation(rows)], DELTA)
    assert shown([*render_head(head, 80, False), *table]).strip("\n") == block("""
Adjusted predictions                              Number of obs   =       1200

Expression   : Linear prediction, fixed portion, predict()

1._at        : hours           =           2
               grp             =           1
               ses             =    .0312744 (mean)

2._at        : hours           =           4
               grp             =           1
               ses             =    .0312744 (mean)

------------------------------------------------------------------------------
             |            Delta-method
             |     Margin   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
         _at |
          1  |   62.12071   .5518063   112.58   0.000     61.03919    63.20223
          2  |   62.95826   .4927104   127.78   0.000     61.99257    63.92395
------------------------------------------------------------------------------
""")


def test_marginal_effects() -> None:
    fields = (EXPRESSION, ("dy/dx w.r.t.", "2.grp 3.grp hours"))
    head = render_head(MarginsHead("Average marginal effects", 1200, fields=fields), 80, False)
    rows = (
        CoefficientRow("2", full(-1.173408, 0.3528114, -3.33, 0.001, -1.864906, -0.4819104), ("grp",)),
        CoefficientRow("3", full(-0.6093351, 0.4410276, -1.38, 0.167, -1.473733, 0.2550631), ("grp",)),
        CoefficientRow("hours", full(0.4187726, 0.0965208, 4.34, 0.000, 0.2295953, 0.6079499)),
    )
    table = render_coefficients("", [Equation(rows)], EFFECTS)
    assert shown([*head, *table]).strip("\n") == block("""
Average marginal effects                          Number of obs   =       1200

Expression   : Linear prediction, fixed portion, predict()
dy/dx w.r.t. : 2.grp 3.grp hours

------------------------------------------------------------------------------
             |            Delta-method
             |      dy/dx   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
         grp |
          2  |  -1.173408   .3528114    -3.33   0.001    -1.864906   -.4819104
          3  |  -.6093351   .4410276    -1.38   0.167    -1.473733    .2550631
             |
       hours |   .4187726   .0965208     4.34   0.000     .2295953    .6079499
------------------------------------------------------------------------------
""")


def test_marginal_effects_at_points() -> None:
    rows = (
        CoefficientRow("1", full(0.3902115, 0.1120473, 3.48, 0.000, 0.1706028, 0.6098202), ("_at",)),
        CoefficientRow("2", full(0.4473337, 0.1096128, 4.08, 0.000, 0.2324966, 0.6621708), ("_at",)),
    )
    assert shown(render_coefficients("", [Equation(rows, "hours")], EFFECTS)) == block("""
------------------------------------------------------------------------------
             |            Delta-method
             |      dy/dx   Std. Err.      z    P>|z|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
hours        |
         _at |
          1  |   .3902115   .1120473     3.48   0.000     .1706028    .6098202
          2  |   .4473337   .1096128     4.08   0.000     .2324966    .6621708
------------------------------------------------------------------------------
""")


# --- contrasts and comparisons ----------------------------------------------------------------------------

WALD = """
------------------------------------------------
             |         df        chi2     P>chi2
-------------+----------------------------------
{equation}         grp |          2        9.88     0.0072
------------------------------------------------
"""
PAIR = (
    ContrastRow("(2 vs 1)", limits(-1.173408, 0.3528114, -1.864906, -0.4819104)),
    ContrastRow("(3 vs 1)", limits(-0.6093351, 0.4410276, -1.473733, 0.2550631)),
)


@pytest.mark.parametrize("equation", ["", "score"])
def test_wald_table(equation: str) -> None:
    found = render_term_tests([("grp", [("", WaldTest(9.88, 2, 0.0072))])], equation, None)
    head = f"{equation:<13}|\n" if equation else ""
    assert shown(found) == block(WALD.format(equation=head))


def test_contrasts_of_margins() -> None:
    style = ContrastStyle("ci", errors="Delta-method")
    assert shown(render_contrasts([ContrastBlock("grp", PAIR)], style)) == block("""
--------------------------------------------------------------
             |            Delta-method
             |   Contrast   Std. Err.     [95% Conf. Interval]
-------------+------------------------------------------------
         grp |
   (2 vs 1)  |  -1.173408   .3528114     -1.864906   -.4819104
   (3 vs 1)  |  -.6093351   .4410276     -1.473733    .2550631
--------------------------------------------------------------
""")


def test_contrasts() -> None:
    assert shown(
        render_contrasts([ContrastBlock("grp", PAIR)], ContrastStyle("ci", equation="score"))
    ) == block("""
--------------------------------------------------------------
             |   Contrast   Std. Err.     [95% Conf. Interval]
-------------+------------------------------------------------
score        |
         grp |
   (2 vs 1)  |  -1.173408   .3528114     -1.864906   -.4819104
   (3 vs 1)  |  -.6093351   .4410276     -1.473733    .2550631
--------------------------------------------------------------
""")


def test_simple_effects() -> None:
    tests = [("1", WaldTest(2.11, 1, 0.1635)), ("2", WaldTest(6.64, 1, 0.0190))]
    tests.append(("Joint", WaldTest(4.37, 2, 0.0284)))
    assert shown(render_term_tests([("drug@time", tests)], "", 18)) == block("""
------------------------------------------------
             |         df           F        P>F
-------------+----------------------------------
   drug@time |
          1  |          1        2.11     0.1635
          2  |          1        6.64     0.0190
      Joint  |          2        4.37     0.0284
             |
 Denominator |         18
------------------------------------------------
""")


def test_pairwise_comparisons() -> None:
    rows = (
        ContrastRow("2 vs 1", limits(-1.173408, 0.3528114, -2.018031, -0.3287846)),
        ContrastRow("3 vs 1", limits(-0.6093351, 0.4410276, -1.665146, 0.4464761)),
        ContrastRow("3 vs 2", limits(0.5640729, 0.4402259, -0.489819, 1.617965)),
    )
    assert shown(render_counts([("grp", 3)], "score")) == block("""
---------------------------
             |    Number of
             |  Comparisons
-------------+-------------
score        |
         grp |            3
---------------------------
""")
    style = ContrastStyle("ci", equation="score", method="Bonferroni")
    assert shown(render_contrasts([ContrastBlock("grp", rows)], style)) == block("""
--------------------------------------------------------------
             |                                 Bonferroni
             |   Contrast   Std. Err.     [95% Conf. Interval]
-------------+------------------------------------------------
score        |
         grp |
     2 vs 1  |  -1.173408   .3528114     -2.018031   -.3287846
     3 vs 1  |  -.6093351   .4410276     -1.665146    .4464761
     3 vs 2  |   .5640729   .4402259      -.489819    1.617965
--------------------------------------------------------------
""")


def test_pairwise_effects() -> None:
    rows = (
        ContrastRow("2 vs 1", full(-1.173408, 0.3528114, -3.33, 0.001, -1.869434, -0.4773816)),
        ContrastRow("3 vs 1", full(-0.6093351, 0.4410276, -1.38, 0.169, -1.479394, 0.2607242)),
        ContrastRow("3 vs 2", full(0.5640729, 0.4402259, 1.28, 0.202, -0.3044048, 1.432551)),
    )
    style = ContrastStyle("effects", statistic="t", method="Unadjusted")
    assert shown(render_contrasts([ContrastBlock("grp", rows)], style)) == block("""
------------------------------------------------------------------------------
             |                            Unadjusted           Unadjusted
             |   Contrast   Std. Err.      t    P>|t|     [95% Conf. Interval]
-------------+----------------------------------------------------------------
         grp |
     2 vs 1  |  -1.173408   .3528114    -3.33   0.001    -1.869434   -.4773816
     3 vs 1  |  -.6093351   .4410276    -1.38   0.169    -1.479394    .2607242
     3 vs 2  |   .5640729   .4402259     1.28   0.202    -.3044048    1.432551
------------------------------------------------------------------------------
""")
