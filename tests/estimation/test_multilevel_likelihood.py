"""The integral over random effects: its gradient against differences, its value against other quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, special

from xmixed.estimation.multilevel.groups import Nested
from xmixed.estimation.multilevel.likelihood import Block, MultilevelLikelihood
from xmixed.estimation.multilevel.responses import Binomial, Counts, Ordered, Response

UNSTRUCTURED = np.array([[[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]], [[0.0, 1.0], [1.0, 0.0]]])
SINGLE = np.ones((1, 1, 1))
N_TOP, N_LOW, SIZE = 6, 3, 4
N = N_TOP * N_LOW * SIZE


def data() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(7)
    return rng.normal(size=N), rng.random(N)


def responses() -> dict[str, Response]:
    _, u = data()
    y = (u < 0.5).astype(np.float64)
    codes = (u * 4).astype(np.int64)
    return {
        "logit": Binomial(y, np.ones(N), "logit"),
        "probit": Binomial(np.floor(5 * u), np.full(N, 5.0), "probit"),
        "cloglog": Binomial(y, np.ones(N), "cloglog"),
        "counts": Counts(codes.astype(np.float64)),
        "ologit": Ordered(codes, 3, "logit"),
        "oprobit": Ordered(codes, 3, "probit"),
    }


def likelihood(response: Response, levels: int, points: int, slopes: bool) -> MultilevelLikelihood:
    x, _ = data()
    codes = [np.repeat(np.arange(N_TOP), N_LOW * SIZE), np.repeat(np.arange(N_TOP * N_LOW), SIZE)][:levels]
    nested = Nested.of(codes)
    one = np.ones((N, 1))
    top = Block(0, np.column_stack([x, np.ones(N)]), UNSTRUCTURED) if slopes else Block(0, one, SINGLE)
    blocks = (top, Block(1, one, SINGLE))[:levels]
    X = x[:, None] if response.cuts else np.column_stack([x, np.ones(N)])
    size = X.shape[1] + response.cuts
    return MultilevelLikelihood(
        response, X, np.eye(size), np.full(N, 0.1), blocks, nested, points, np.zeros(size)
    )


def parameters(own: MultilevelLikelihood, slopes: bool) -> np.ndarray:
    cuts = [-1.0, 0.2, 1.1] if own.response.cuts else []
    thetas = [0.8, 0.6, 0.2] if slopes else [0.7]
    return np.array([0.3, -0.2][: own.X.shape[1]] + cuts + thetas + [0.5] * (len(own.blocks) - 1))


@pytest.mark.parametrize("name", list(responses()))
@pytest.mark.parametrize(
    ("levels", "points", "slopes"), [(1, 1, False), (1, 7, False), (1, 5, True), (2, 1, False), (2, 1, True)]
)
def test_the_gradient_is_that_of_the_approximation(name: str, levels: int, points: int, slopes: bool) -> None:
    own = likelihood(responses()[name], levels, points, slopes)
    at, step = parameters(own, slopes), 1e-5
    differences = [
        (own.log_likelihood(at + move) - own.log_likelihood(at - move)) / (2 * step)
        for move in step * np.eye(len(at))
    ]
    np.testing.assert_allclose(own.gradient(at), differences, rtol=1e-6, atol=1e-7)


def density(own: MultilevelLikelihood, at: np.ndarray, rows: slice, v: np.ndarray) -> float:
    """The probability of the outcomes of some rows given standard normal effects."""
    p, response = own.X.shape[1], own.response
    Z = own.blocks[0].columns[rows] @ own.roots(at)[0]
    eta = (own.X @ at[:p] + own.offset)[rows] + Z @ v
    if isinstance(response, Ordered):
        whole = np.concatenate([[-np.inf], at[p : p + response.cuts], [np.inf]])
        codes = response.codes[rows]
        return float(np.prod(special.expit(whole[codes + 1] - eta) - special.expit(whole[codes] - eta)))
    assert isinstance(response, Counts)
    y, mean = response.y[rows], np.exp(eta)
    return float(np.prod(np.exp(y * eta - mean)))


@pytest.mark.parametrize("name", ["counts", "ologit"])
def test_many_points_give_the_integral(name: str) -> None:
    own = likelihood(responses()[name], 1, 25, False)
    at = parameters(own, False)
    for group, found in enumerate(own.group_log_likelihoods(at)):
        rows = slice(group * N_LOW * SIZE, (group + 1) * N_LOW * SIZE)
        value, _ = integrate.quad(
            lambda v: density(own, at, rows, np.array([v])) * np.exp(-0.5 * v**2) / np.sqrt(2 * np.pi),  # noqa: B023
            -9,
            9,
            epsabs=0,
            epsrel=1e-11,
            limit=200,
        )
        assert found == pytest.approx(np.log(value), rel=1e-8)


def test_many_points_give_the_integral_over_two_effects() -> None:
    own = likelihood(responses()["ologit"], 1, 15, True)
    at = parameters(own, True)
    x, w = np.polynomial.hermite_e.hermegauss(60)
    found = own.group_log_likelihoods(at)[:2]
    for group, value in enumerate(found):
        rows = slice(group * N_LOW * SIZE, (group + 1) * N_LOW * SIZE)
        total = sum(
            a * b * density(own, at, rows, np.array([u, v]))
            for u, a in zip(x, w, strict=True)
            for v, b in zip(x, w, strict=True)
        )
        assert value == pytest.approx(np.log(total / (2 * np.pi)), rel=1e-6)


def test_order_of_rows_and_names_of_groups_do_not_matter() -> None:
    rng = np.random.default_rng(3)
    codes = [np.repeat(np.arange(4), 6), np.repeat(np.arange(12), 2)]
    shuffled = rng.permutation(24)
    plain, mixed = Nested.of(codes), Nested.of([9 - codes[0][shuffled], codes[1][shuffled]])
    values = rng.normal(size=24)
    first = plain.rows[1].sums(values[plain.order])
    second = mixed.rows[1].sums(values[shuffled][mixed.order])
    np.testing.assert_allclose(np.sort(first), np.sort(second), rtol=1e-12)
    assert [groups.count for groups in mixed.rows] == [4, 12] and mixed.within[0].count == 4
