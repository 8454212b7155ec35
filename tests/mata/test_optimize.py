"""optimize(): maxima that are known in closed form, and those of the likelihood commands."""

from __future__ import annotations

import numpy as np
import pytest

from tests.mata.conftest import Give

EVALUATORS = """
mata:
void hill(todo, p, v, g, H) v = exp(-(p[1] - 1)^2 - 2*(p[2] + 3)^2)
void bowl(todo, p, A, v, g, H)
{
    v = p*A*p' - 2*sum(p)
    if (todo >= 1) g = 2*p*A - (2,2)
    if (todo == 2) H = 2*A
}
void rosenbrock(todo, p, v, g, H) v = (1 - p[1])^2 + 100*(p[2] - p[1]^2)^2
void normal_model(todo, b, y, lnf, S, H)
{
    lnf = lnnormalden(y, b[1], exp(b[2]))
    if (todo) S = (y :- b[1])/exp(2*b[2]), ((y :- b[1]):^2/exp(2*b[2]) :- 1)
}
void logit_model(todo, b, y, X, lnf, S, H)
{
    real colvector xb
    xb = X*b'
    lnf = y:*xb - ln(1 :+ exp(xb))
}
void never(todo, p, v, g, H) v = .
void flat(todo, p, v, g, H) v = p[1] > 0 ? . : -p[1]^2
end
"""


@pytest.fixture
def evaluators(session):
    session.run(EVALUATORS)
    return session


def start(name: str, kind: str = "d0", which: str = "max", params: str = "(0,0)", more: str = "") -> str:
    return (
        f"mata: S = optimize_init(); optimize_init_evaluator(S, &{name}());"
        f' optimize_init_evaluatortype(S, "{kind}");'
        f' optimize_init_which(S, "{which}"); optimize_init_params(S, {params}); {more} p = optimize(S)'
    )


@pytest.mark.parametrize("technique", ["nr", "bfgs", "dfp"])
def test_a_maximum(evaluators, give: Give, technique: str) -> None:
    shown = evaluators.run(
        start("hill", params="(.5,-2.5)", more=f'optimize_init_technique(S, "{technique}");')
    )
    assert np.allclose(give("p"), [[1, -3]], atol=1e-6) and give("optimize_result_value(S)") == pytest.approx(
        1
    )
    assert give("optimize_result_converged(S)") == 1
    assert shown.startswith("Iteration 0:  f(p) =  .47") and "Iteration 1:" in shown
    assert give("optimize_result_value0(S)") == pytest.approx(np.exp(-0.75))
    assert give("rows(optimize_result_iterationlog(S)) - 1 - optimize_result_iterations(S)") == 0


@pytest.mark.parametrize("kind", ["d0", "d1", "d2"])
def test_a_minimum_with_an_argument(evaluators, give: Give, kind: str) -> None:
    """A quadratic form: p A = (1,1), H = 2A, and the variance is that of the maximum of the negative."""
    evaluators.run(start("bowl", kind, "min", more="optimize_init_argument(S, 1, (2,1\\1,3));"))
    assert np.allclose(give("p"), [[0.4, 0.2]], atol=1e-9)
    assert give("optimize_result_value(S)") == pytest.approx(-0.6, rel=1e-12)
    assert np.allclose(give("optimize_result_Hessian(S)"), [[4, 2], [2, 6]], rtol=1e-8)
    assert np.allclose(give("optimize_result_gradient(S)"), 0, atol=1e-8)
    assert np.allclose(give("optimize_result_V(S)"), np.linalg.inv([[4, 2], [2, 6]]), rtol=1e-8)
    assert give("optimize_init_argument(S, 1)") == [[2, 1], [1, 3]]


@pytest.mark.parametrize("more", ["", 'optimize_init_technique(S, "bfgs");'])
def test_a_curved_valley(evaluators, give: Give, more: str) -> None:
    evaluators.run(start("rosenbrock", which="min", params="(-1.2, 1)", more=more))
    assert np.allclose(give("p"), [[1, 1]], atol=1e-5)


def test_a_simplex(evaluators, give: Give) -> None:
    evaluators.run(
        start(
            "rosenbrock", "d0", "min", "(-1.2, 1)",
            'optimize_init_technique(S, "nm"); optimize_init_nmsimplexdeltas(S, .1);'
            " optimize_init_conv_ptol(S, 1e-9); optimize_init_conv_vtol(S, 1e-12);",
        )
    )  # fmt: skip
    assert np.allclose(give("p"), [[1, 1]], atol=1e-6)


@pytest.mark.parametrize("kind", ["gf0", "gf1"])
def test_a_likelihood_by_observations(evaluators, give: Give, kind: str) -> None:
    """Mean and log standard deviation of a normal sample; variances from the scores in closed form."""
    y = np.array([1.0, 2, 4, 7, 3, 5])
    evaluators.run(start("normal_model", kind, more="optimize_init_argument(S, 1, (1\\2\\4\\7\\3\\5));"))
    sd = y.std()
    assert np.allclose(give("p"), [[y.mean(), np.log(sd)]], atol=1e-7)
    assert np.allclose(give("optimize_result_V(S)"), np.diag([sd**2 / 6, 1 / 12]), atol=1e-7)
    z = (y - y.mean()) / sd
    scores = np.column_stack([z / sd, z**2 - 1])
    assert np.allclose(give("optimize_result_scores(S)"), scores, atol=1e-6)
    assert np.allclose(give("optimize_result_V_opg(S)"), np.linalg.inv(scores.T @ scores), atol=1e-6)
    bread = np.diag([sd**2 / 6, 1 / 12])
    robust = bread @ scores.T @ scores @ bread * 6 / 5
    assert np.allclose(give("optimize_result_V_robust(S)"), robust, atol=1e-6)
    assert np.allclose(give("optimize_result_V_oim(S)"), bread, atol=1e-7)


def test_a_logit_is_that_of_the_command(evaluators, give: Give) -> None:
    evaluators.run(
        "set obs 300\nset seed 3\ngenerate double x = rnormal()\n"
        "generate byte y = runiform() < invlogit(.5 + x)"
    )
    evaluators.run(
        start(
            "logit_model", "gf0",
            more='optimize_init_argument(S, 1, st_data(., "y"));'
            ' optimize_init_argument(S, 2, (st_data(., "x"), J(300,1,1)));'
            ' optimize_init_tracelevel(S, "none");',
        )
    )  # fmt: skip
    evaluators.run("logit y x")
    assert give('mreldif(p, st_matrix("e(b)")) < 1e-7') == 1
    assert give('mreldif(optimize_result_V(S), st_matrix("e(V)")) < 1e-6') == 1


def test_what_goes_wrong(evaluators, give: Give, told) -> None:
    assert told(start("never")) == (
        430,
        ["optimize():   430  initial values not feasible", "<istmt>:     -  function returned error"],
    )
    assert told(start("flat"))[1][0].startswith(
        "optimize():   430  could not calculate numerical derivatives"
    )
    assert told(start("nothere"))[1][0] == "optimize():  3499  nothere() not found"
    assert told(start("bowl"))[1][:2] == [
        "bowl():  3001  incorrect number of arguments", "optimize():     -  function returned error",
    ]  # fmt: skip
    assert told(start("hill", "e1"))[0] == 3498 and told("mata: optimize(3)")[0] == 3259
    assert (
        told("mata: S = optimize_init(); optimize(S)")[1][0]
        == "optimize():  3498  initial parameter values required"
    )
    assert told("mata: optimize_result_params(S)")[0] == 3498
    assert told("mata: optimize_init_params(S, (1,.))")[0] == 3351
    evaluators.run(
        "mata: optimize_init_evaluator(S, &never()); optimize_init_params(S, 1); rc = _optimize(S)"
    )
    assert give("rc") == 430 and give("optimize_result_errorcode(S)") == 430
    assert give("optimize_result_returncode(S)") == 430


def test_settings(evaluators, give: Give) -> None:
    shown = evaluators.run(
        start(
            "hill", params="(.5,-2.5)",
            more='optimize_init_valueid(S, "height"); optimize_init_iterid(S, "Step");'
            " optimize_init_conv_maxiter(S, 1); optimize_init_conv_ptol(S, 1e-7);"
            " optimize_init_conv_vtol(S, 1e-8); optimize_init_conv_nrtol(S, 1e-6);"
            ' optimize_init_conv_ignorenrtol(S, "off"); optimize_init_conv_warning(S, "on");'
            ' optimize_init_singularHmethod(S, "hybrid");',
        )
    )  # fmt: skip
    lines = shown.splitlines()
    assert lines[0].startswith("Step 0:  height =") and lines[-1] == "convergence not achieved"
    assert give("optimize_result_converged(S)") == 0 and give("optimize_init_conv_nrtol(S)") == 1e-6
    assert give("optimize_init_params(S)") == [[0.5, -2.5]] and give("optimize_init_which(S)") == "max"
    evaluators.run("mata: optimize_evaluate(S)")
    assert give("optimize_result_value(S)") == pytest.approx(np.exp(-0.75))


def test_associative_arrays(session, give: Give, told) -> None:
    session.run(
        'mata: A = asarray_create(); asarray(A, "a", (1,2)); asarray(A, "b", "text"); x = asarray(A, "a")'
    )
    assert give("x") == [[1, 2]] and give('asarray(A, "b")') == "text" and give('rows(asarray(A, "c"))') == 0
    assert give("asarray_elements(A)") == 2 and give("asarray_keys(A)") == [["a"], ["b"]]
    session.run('mata: asarray_notfound(A, 0); asarray(A, "c", asarray(A, "c") + 1); asarray_remove(A, "a")')
    assert (
        give('asarray(A, "c")') == 1
        and give('asarray_contains(A, "a")') == 0
        and give("asarray_notfound(A)") == 0
    )
    session.run('mata: B = asarray_create("real", 2); asarray(B, (1,2), 5)')
    assert give("asarray(B, (1,2))") == 5 and give("asarray_keys(B)") == [[1, 2]]
    assert told("mata: asarray(A, 1)")[0] == 3254 and told("mata: asarray(B, (1,2,3))")[0] == 3200


def test_timers(session, give: Give) -> None:
    session.run("mata: timer_clear(); timer_on(1); timer_off(1); timer_clear(2)")
    assert (
        give("timer_value(1)[2]") == 1
        and give("timer_value(1)[1] >= 0") == 1
        and give("timer_value(3)") == [[0, 0]]
    )
