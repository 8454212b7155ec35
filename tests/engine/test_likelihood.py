"""The likelihood, its derivatives and the fit against the dense multivariate normal."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.engine import Fit, Model, Options, StructureName, fit, log_likelihood, parameters_of
from xmixed.engine.prepare import prepare
from xmixed.engine.search.objective import Objective
from xmixed.engine.sweeps.sweeps import derivatives, first_derivatives

from . import dense

STRUCTURES: tuple[StructureName, ...] = ("identity", "independent", "exchangeable", "unstructured")
SHAPES = {1: (8,), 2: (4, 3), 3: (3, 2, 2)}
# Positive definite for up to three columns: every exchangeable correlation above -1/2.
CORRELATIONS = (-0.3, 0.3)

equations = st.tuples(st.sampled_from(STRUCTURES), st.integers(1, 3), st.booleans())
levels = st.integers(1, 3).flatmap(
    lambda depth: st.tuples(*[st.lists(equations, min_size=1, max_size=2).map(tuple)] * depth)
)
models = st.builds(
    lambda seed, blocks, method, p: dense.simulate(seed, SHAPES[len(blocks)], blocks, method, p=p, size=5),
    st.integers(0, 10_000),
    levels,
    st.sampled_from(("ml", "reml")),
    st.sampled_from((0, 1, 2, 3)),
)


def random_parameters(model: Model, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.array(
        [
            rng.uniform(*CORRELATIONS) if parameter.kind == "atanh_correlation" else 0.5 * rng.normal()
            for parameter in parameters_of(model)
        ]
    )


@settings(max_examples=80, deadline=None, derandomize=True)
@given(models, st.integers(0, 1000))
def test_log_likelihood_is_the_dense_one(model: Model, seed: int) -> None:
    parameters = random_parameters(model, seed)
    reference = dense.log_likelihood(dense.dense(model), parameters)
    assert log_likelihood(model, parameters) == pytest.approx(reference, rel=1e-10, abs=1e-10)


@pytest.mark.parametrize("method", ["ml", "reml"])
@pytest.mark.parametrize("structure", STRUCTURES)
def test_far_from_zero(structure: StructureName, method: str) -> None:
    """At an offset of 1e6 the dense reference works on the shifted-back equivalent model."""
    near = dense.simulate(5, (3, 3), (((structure, 2, True),), (("identity", 1, True),)), method, size=4)
    shift = 2.0**20
    moved: dict[int, np.ndarray] = {}

    def far(column: np.ndarray | None) -> np.ndarray | None:
        return None if column is None else moved.setdefault(id(column), np.round(column, 6) + shift)

    def rebuilt(column: np.ndarray | None) -> np.ndarray | None:
        shifted = far(column)
        return None if shifted is None else shifted - shift

    def replaced(change, shifted_y: bool) -> Model:
        y = near.y + shift if shifted_y else (near.y + shift) - shift
        lv = tuple(
            type(level)(
                level.groups,
                level.n_groups,
                tuple(type(e)(tuple(change(c) for c in e.columns), e.structure) for e in level.equations),
            )
            for level in near.levels
        )
        return Model(y, tuple(change(c) for c in near.fixed), lv, near.method)

    far_model, near_model = replaced(far, True), replaced(rebuilt, False)
    parameters = random_parameters(near_model, 3)
    # Covariance of (slope, intercept) at the far origin: Z_near = Z_far L with L known.
    if structure == "unstructured":
        sigma, _ = dense.sigma_of(structure, 2, parameters[:3])
        change = np.array([[1.0, 0.0], [-shift, 1.0]])
        moved_sigma = change @ sigma @ change.T
        far_parameters = parameters.copy()
        sds = np.sqrt(moved_sigma.diagonal())
        far_parameters[:2] = np.log(sds)
        # 1 - rho^2 = |Sigma|/(s1 s2)^2 keeps the digits that rho itself cannot hold.
        gap = np.linalg.det(sigma) / np.prod(sds) ** 2
        far_parameters[2] = -0.5 * np.log((1 + np.sqrt(1 - gap)) ** 2 / gap)
        reference = dense.log_likelihood(dense.dense(near_model), parameters)
        # The user's metric itself holds rho to an ulp: 1 - rho ~ 1e-12 has four digits left.
        assert log_likelihood(far_model, far_parameters) == pytest.approx(reference, rel=1e-2)
        first, second = fit(near_model), fit(far_model)
        assert second.log_likelihood == pytest.approx(first.log_likelihood, rel=1e-10)
        assert second.sigma_e == pytest.approx(first.sigma_e, rel=1e-8)
        return
    fixed_only = replaced(far, True)
    z_near = tuple(
        type(level)(
            level.groups,
            level.n_groups,
            tuple(type(e)(tuple(rebuilt(c) for c in e.columns), e.structure) for e in level.equations),
        )
        for level in near.levels
    )
    fixed_only = Model(fixed_only.y, fixed_only.fixed, z_near, near.method)
    reference = dense.log_likelihood(dense.dense(near_model), parameters)
    assert log_likelihood(fixed_only, parameters) == pytest.approx(reference, rel=1e-10)
    # With Z far away too, V holds 1e12: the dense reference of the far model keeps few digits, so the
    # same V is written by hand: z z' = (d + c)(d + c)' with d near zero, in extended precision.
    assert log_likelihood(far_model, parameters) == pytest.approx(
        extended_log_likelihood(far_model, parameters), rel=1e-9
    )


def extended_log_likelihood(model: Model, parameters: np.ndarray) -> float:
    """The dense likelihood in 50 decimal digits."""
    import mpmath

    with mpmath.workdps(50):
        reference = dense.dense(model)
        n, p = reference.X.shape
        V = mpmath.exp(2 * mpmath.mpf(parameters[-1])) * mpmath.eye(n)
        first = 0
        for Z, groups, structure in reference.equations:
            sigma, used = dense.sigma_of(structure, Z.shape[1], parameters[first:])
            first += used
            Zm, Sm = mpmath.matrix(Z.tolist()), mpmath.matrix(sigma.tolist())
            full = Zm * Sm * Zm.T
            for i in range(n):
                for j in range(n):
                    if groups[i] == groups[j]:
                        V[i, j] += full[i, j]
        L = mpmath.cholesky(V)
        W = mpmath.matrix(np.column_stack([reference.X, reference.y]).tolist())
        half = mpmath.zeros(n, p + 1)
        for i in range(n):
            for c in range(p + 1):
                total = mpmath.fsum(L[i, k] * half[k, c] for k in range(i))
                half[i, c] = (W[i, c] - total) / L[i, i]
        cross = half.T * half
        log_det = 2 * mpmath.fsum(mpmath.log(L[i, i]) for i in range(n))
        F = mpmath.cholesky(cross[:p, :p])
        c0 = mpmath.lu_solve(F, cross[:p, p])
        rss = cross[p, p] - mpmath.fsum(c0[i] ** 2 for i in range(p))
        value = n * mpmath.log(2 * mpmath.pi) + log_det + rss
        if reference.reml:
            value += 2 * mpmath.fsum(mpmath.log(F[i, i]) for i in range(p)) - p * mpmath.log(2 * mpmath.pi)
        return float(-value / 2)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(models, st.integers(0, 1000))
def test_second_derivatives_are_those_of_the_gradient(model: Model, seed: int) -> None:
    """Gradient and Hessian in the natural coordinates against differences of the likelihood (T9)."""
    objective = Objective(prepare(model))
    rng = np.random.default_rng(seed)
    blocks = []
    for block in objective.problem.blocks:
        q = len(block.metric)
        root = np.eye(q) * 0.5 + 0.1 * np.ones((q, q)) * (block.structure in ("exchangeable", "unstructured"))
        blocks.append(root * (1 + 0.1 * rng.random()))
    point = objective.point(tuple(blocks))
    nu = objective.natural(point.blocks)
    gradient, hessian = objective.second_order(point)
    h = 1e-5
    for a, e in enumerate(h * np.eye(len(nu))):
        above = objective.point(objective.matrices(nu + e))
        below = objective.point(objective.matrices(nu - e))
        slope = (above.log_likelihood - below.log_likelihood) / (2 * h)
        assert gradient[a] == pytest.approx(slope, rel=1e-7, abs=1e-6)
        row = (objective.gradient(above) - objective.gradient(below)) / (2 * h)
        np.testing.assert_allclose(hessian[a], row, rtol=1e-6, atol=1e-6 * np.abs(hessian).max())
    down = objective.down(point)
    log_det, rss = first_derivatives(objective.directions, down)
    both = derivatives(objective.sweeps, point.psis, objective.directions, point.up, down)
    np.testing.assert_array_equal(both.log_det, log_det)
    np.testing.assert_array_equal(both.rss, rss)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(models, st.integers(0, 1000))
def test_the_dense_gradient_is_that_of_the_dense_likelihood(model: Model, seed: int) -> None:
    """By complex steps of the whole density."""
    parameters, reference = random_parameters(model, seed), dense.dense(model)
    steps = 1e-30j * np.eye(len(parameters))
    wanted = [dense.log_likelihood(reference, parameters + step).imag / 1e-30 for step in steps]
    np.testing.assert_allclose(dense.gradient(reference, parameters), wanted, rtol=1e-10, atol=1e-10)


def interior(result: Fit) -> bool:
    return result.optimization.converged and not result.boundary


@settings(max_examples=40, deadline=None, derandomize=True)
@given(models)
def test_fit_is_the_dense_maximum(model: Model) -> None:
    """Honesty: at the reported optimum the dense gradient is null and the covariance is its Hessian's."""
    result = fit(model)
    reference = dense.dense(model)
    if result.optimization.verdict == "residual_zero":
        return
    value = dense.log_likelihood(reference, result.estimates)
    assert result.log_likelihood == pytest.approx(value, rel=1e-9, abs=1e-9)
    if not interior(result):
        assert result.boundary
        return
    slope = dense.gradient(reference, result.estimates)
    curvature = -dense.hessian(reference, result.estimates)
    assert np.linalg.eigvalsh(curvature)[0] > 0
    inverse = np.linalg.inv(curvature)
    assert slope @ inverse @ slope < 1e-12
    scale = np.sqrt(inverse.diagonal())
    np.testing.assert_allclose(
        result.parameter_covariance / np.outer(scale, scale), inverse / np.outer(scale, scale), atol=1e-6
    )
    if model.fixed:
        beta, variance = dense.beta(reference, result.estimates)
        np.testing.assert_allclose(result.beta, beta, rtol=1e-7, atol=1e-7)
        np.testing.assert_allclose(result.beta_covariance, variance, rtol=1e-6, atol=1e-9)


def test_enough_fits_are_interior() -> None:
    """The property above must not be vacuous."""
    found = [
        interior(fit(dense.simulate(seed, (12, 2), (((s, 2, True),), (("identity", 1, True),)), "reml")))
        for seed in range(4)
        for s in STRUCTURES
    ]
    assert sum(found) >= 10


def test_singular_matrix_of_three_columns() -> None:
    """Standard errors along the singular matrices, against a numerical Hessian in Sigma = LL', L 3 x 2."""
    model = dense.simulate(4, (8,), ((("unstructured", 3, False), ("identity", 1, True)),), "ml", size=5)
    result = fit(model)
    kinds = [note.kind for note in result.boundary]
    assert kinds == ["covariance_singular"] and result.optimization.converged
    reference = dense.dense(model)
    sigma = result.covariances[0][0]
    values, vectors = np.linalg.eigh(sigma)
    assert abs(values[0]) < 1e-12 * values[2]
    factor = vectors[:, 1:] * np.sqrt(values[1:])
    rotation = np.linalg.qr(factor[:2].T)[0]
    lower = factor @ rotation
    start = np.concatenate([lower[[0, 1, 1, 2, 2], [0, 0, 1, 0, 1]], result.estimates[-2:]])

    def estimation(chart: np.ndarray) -> np.ndarray:
        L = np.zeros((3, 2), chart.dtype)
        L[[0, 1, 1, 2, 2], [0, 0, 1, 0, 1]] = chart[:5]
        S = L @ L.T
        sds = np.sqrt(S.diagonal())
        rho = (S / np.outer(sds, sds))[[0, 0, 1], [1, 2, 2]]
        return np.concatenate([np.log(sds), np.arctanh(rho), chart[5:]])

    def slope(chart: np.ndarray) -> np.ndarray:
        steps = 1e-30j * np.eye(7)
        return np.array([dense.log_likelihood(reference, estimation(chart + s)).imag / 1e-30 for s in steps])

    h = 1e-4
    curvature = -np.array([(slope(start + e) - slope(start - e)) / (2 * h) for e in h * np.eye(7)])
    jacobian = np.array([estimation(start + s).imag / 1e-30 for s in 1e-30j * np.eye(7)]).T
    expected = jacobian @ np.linalg.inv(curvature) @ jacobian.T
    atol = 1e-5 * np.abs(expected).max()
    np.testing.assert_allclose(result.parameter_covariance, expected, rtol=1e-5, atol=atol)


@pytest.mark.parametrize("options", [Options(), Options(parameterization="matlog"), Options(em_iterations=0)])
def test_parameterization_does_not_matter(options: Options) -> None:
    model = dense.simulate(1, (12, 3), ((("unstructured", 2, True),), (("identity", 1, True),)), "ml")
    first, second = fit(model), fit(model, options)
    np.testing.assert_allclose(second.estimates, first.estimates, rtol=1e-9, atol=1e-9)
