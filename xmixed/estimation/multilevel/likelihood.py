"""The likelihood of a generalised linear mixed model: the integral over random effects, with its gradient.

Random effects are Lambda v with v independent standard normal, Lambda a symmetric matrix linear in the
parameters theta. With one level the integral is adaptive Gauss-Hermite quadrature about the modes of v,
scaled by the curvature there (Liu and Pierce 1994, Biometrika 81; Pinheiro and Chao 2006, JCGS 15); with one
point, and with several levels, Laplace's approximation. The gradient is exact: it follows modes and scales.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np

from xmixed.estimation.likelihood.newton import Evaluation
from xmixed.estimation.multilevel.curvature import Curvature, Effects
from xmixed.estimation.multilevel.groups import Nested
from xmixed.estimation.multilevel.responses import Ordered, Response

_STEP = 3e-5
"""Of differences of the gradient, in standardised parameters."""
_MODE_STEPS = 60
_MODE_TOLERANCE = 1e-11


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The random effects of one equation.

    Attributes
    ----------
    level : int
        0 for the highest.
    columns : ndarray, shape (n, q)
        Scaled columns of Z, rows in the order of the groups.
    basis : ndarray, shape (k, q, q)
        Lambda is the sum of theta times these.
    """

    level: int
    columns: np.ndarray
    basis: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class _Point:
    """The model at some parameters, at the modes of the random effects."""

    fixed: np.ndarray
    rows: np.ndarray
    cuts: np.ndarray
    modes: Effects
    curvature: Curvature


@dataclass(eq=False)
class MultilevelLikelihood:
    """See `newton.Likelihood`; parameters are coefficients, cut points and the theta of each block.

    Attributes
    ----------
    response : Response
        Its rows, like all others, in the order of the groups.
    X : ndarray, shape (n, p)
        Standardised.
    back : ndarray, shape (p + cuts, p + cuts)
        From standardised coefficients and cut points to those of the user.
    offset : ndarray, shape (n,)
    blocks : tuple of Block
    nested : Nested
    points : int
        Of the quadrature in each direction; 1 is Laplace's approximation.
    initial : ndarray
    """

    response: Response
    X: np.ndarray
    back: np.ndarray
    offset: np.ndarray
    blocks: tuple[Block, ...]
    nested: Nested
    points: int
    initial: np.ndarray
    _last: Effects | None = field(default=None, init=False)

    # --- parameters ---------------------------------------------------------------------------------------

    @property
    def coefficients(self) -> int:
        return self.X.shape[1] + self.response.cuts

    @property
    def transform(self) -> np.ndarray:
        size = self.coefficients + sum(len(block.basis) for block in self.blocks)
        whole = np.eye(size)
        whole[: self.coefficients, : self.coefficients] = self.back
        return whole

    def start(self) -> np.ndarray:
        return self.initial

    @cached_property
    def sizes(self) -> tuple[int, ...]:
        """Random effects of each level."""
        count = len(self.nested.rows)
        return tuple(
            sum(block.columns.shape[1] for block in self.blocks if block.level == level)
            for level in range(count)
        )

    def _thetas(self, parameters: np.ndarray) -> list[np.ndarray]:
        ends = np.cumsum([self.coefficients, *(len(block.basis) for block in self.blocks)])
        return [parameters[first:last] for first, last in zip(ends[:-1], ends[1:], strict=True)]

    def roots(self, parameters: np.ndarray) -> list[np.ndarray]:
        """Return Lambda of each block, of scaled columns."""
        pairs = zip(self._thetas(parameters), self.blocks, strict=True)
        return [np.tensordot(theta, block.basis, axes=1) for theta, block in pairs]

    # --- modes --------------------------------------------------------------------------------------------

    def _shift(self, rows: np.ndarray, effects: Effects) -> np.ndarray:
        """Return what the random effects add to each row's linear predictor."""
        total, start = np.zeros(len(rows)), 0
        for level, own in enumerate(effects):
            end = start + own.shape[1]
            total += np.einsum("nq,nq->n", rows[:, start:end], own[self.nested.rows[level].codes])
            start = end
        return total

    def _joint(self, own: np.ndarray, effects: Effects) -> np.ndarray:
        """Return the log density of outcomes and effects by group of the highest level."""
        total = self.nested.rows[0].sums(own)
        for level, v in enumerate(effects):
            total = total - 0.5 * self._up(np.einsum("gq,gq->g", v, v), level)
        return total

    def _up(self, values: np.ndarray, level: int) -> np.ndarray:
        """Return sums of values of a level's groups by group of the highest level."""
        for upper in range(level - 1, -1, -1):
            values = self.nested.within[upper].sums(values)
        return values

    def _down(self, values: np.ndarray, level: int) -> np.ndarray:
        """Return values of the highest level's groups for the groups of a level."""
        for upper in range(level):
            values = values[self.nested.within[upper].codes]
        return values

    def _pull(self, rows: np.ndarray, slope: np.ndarray, minus: Effects | None) -> Effects:
        """Return sums of a times a row's figure for each effect, less `minus`."""
        found, start = [], 0
        for level, q in enumerate(self.sizes):
            columns = rows[:, start : start + q] * slope[:, None]
            own = self.nested.rows[level].sums(columns)
            found.append(own if minus is None else own - minus[level])
            start += q
        return found

    def _point(self, parameters: np.ndarray) -> _Point:
        """Find the modes of the random effects by Newton's method, all groups at once.

        Raises
        ------
        LinAlgError
            Where they have none.
        """
        p, cuts = self.X.shape[1], parameters[self.X.shape[1] : self.coefficients]
        if np.any(np.diff(cuts) <= 0) or not np.isfinite(parameters).all():
            raise np.linalg.LinAlgError("cut points out of order")
        fixed = self.X @ parameters[:p] + self.offset
        parts = [
            block.columns @ root for block, root in zip(self.blocks, self.roots(parameters), strict=True)
        ]
        rows = np.concatenate(parts, axis=1)
        modes = self._last or [
            np.zeros((groups.count, q)) for groups, q in zip(self.nested.rows, self.sizes, strict=True)
        ]
        eta = fixed + self._shift(rows, modes)
        value = self._joint(self.response.values(eta, cuts)[0], modes)
        if not np.isfinite(value).all():
            modes = [np.zeros_like(own) for own in modes]
            eta = fixed.copy()
            value = self._joint(self.response.values(eta, cuts)[0], modes)
            if not np.isfinite(value).all():
                raise np.linalg.LinAlgError("the likelihood cannot be evaluated")
        for _ in range(_MODE_STEPS):
            bent = self.response.bent(eta, cuts)
            curvature = Curvature.of(self.nested, self.sizes, rows, bent.weight)
            step = curvature.solve(self._pull(rows, bent.slope, modes))
            largest = max(float(np.max(np.abs(own), initial=0.0)) for own in step)
            modes, eta, value = self._advance(fixed, rows, cuts, modes, step, value)
            if largest < _MODE_TOLERANCE:
                break
        bent = self.response.bent(eta, cuts)
        curvature = Curvature.of(self.nested, self.sizes, rows, bent.weight)
        self._last = modes
        return _Point(fixed, rows, cuts, modes, curvature)

    def _advance(
        self,
        fixed: np.ndarray,
        rows: np.ndarray,
        cuts: np.ndarray,
        modes: Effects,
        step: Effects,
        value: np.ndarray,
    ) -> tuple[Effects, np.ndarray, np.ndarray]:
        """Take a step, halved in those groups of the highest level whose joint density would fall."""
        length = np.ones(len(value))
        for _ in range(30):
            trial = [
                own + self._down(length, level)[:, None] * change
                for level, (own, change) in enumerate(zip(modes, step, strict=True))
            ]
            eta = fixed + self._shift(rows, trial)
            reached = self._joint(self.response.values(eta, cuts)[0], trial)
            worse = ~(reached >= value - 1e-12 * (1 + np.abs(value)))
            if not worse.any():
                return trial, eta, reached
            length = np.where(worse, length / 2, length)
        return modes, fixed + self._shift(rows, modes), value

    def effects(self, parameters: np.ndarray) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Return modes and standard errors of the random effects of each block's scaled columns, (G, q)."""
        point = self._point(parameters)
        inverses = point.curvature.path_inverses()
        means, errors, starts = [], [], dict.fromkeys(range(len(self.sizes)), 0)
        for block, root in zip(self.blocks, self.roots(parameters), strict=True):
            q, first = block.columns.shape[1], starts[block.level]
            starts[block.level] += q
            means.append(point.modes[block.level][:, first : first + q] @ root)
            at = sum(self.sizes[: block.level]) + first
            own = inverses[:, at : at + q, at : at + q][self._representatives(block.level)]
            errors.append(np.sqrt(np.einsum("ab,gbc,ca->ga", root, own, root)))
        return means, errors

    def _representatives(self, level: int) -> np.ndarray:
        """Return a group of the lowest level in each group of a level."""
        found = np.arange(self.nested.rows[-1].count)
        for upper in range(len(self.sizes) - 2, level - 1, -1):
            found = found[self.nested.within[upper].starts]
        return found

    # --- the integral -------------------------------------------------------------------------------------

    @cached_property
    def _nodes(self) -> tuple[np.ndarray, np.ndarray]:
        """Nodes (K, q) and the logarithms of their weights, those of the density e^-x^2 divided out."""
        q = self.sizes[0]
        x, w = np.polynomial.hermite.hermgauss(self.points)
        nodes = np.array(list(product(x, repeat=q)))
        logs = np.array([sum(own) for own in product(np.log(w), repeat=q)])
        return nodes, logs + np.sum(nodes**2, axis=1) - 0.5 * q * np.log(np.pi)

    @property
    def _laplace(self) -> bool:
        return self.points == 1 or len(self.sizes) > 1

    def group_log_likelihoods(self, parameters: np.ndarray) -> np.ndarray:
        """Return the log likelihood of each group of the highest level."""
        point = self._point(parameters)
        if self._laplace:
            eta = point.fixed + self._shift(point.rows, point.modes)
            joint = self._joint(self.response.values(eta, point.cuts)[0], point.modes)
            return joint - 0.5 * point.curvature.log_determinants()
        return self._quadrature(point)[0]

    def log_likelihood(self, parameters: np.ndarray) -> float:
        with np.errstate(all="ignore"):
            try:
                return float(self.group_log_likelihoods(parameters).sum())
            except np.linalg.LinAlgError:
                return -np.inf

    def _effects_at(self, point: _Point) -> np.ndarray:
        """Return the effects at each node, (K, G, q)."""
        nodes, _ = self._nodes
        moved = np.linalg.solve(np.swapaxes(point.curvature.factors[0], 1, 2), np.sqrt(2) * nodes.T[None])
        return point.modes[0][None] + np.moveaxis(moved, 2, 0)

    def _quadrature(self, point: _Point) -> tuple[np.ndarray, np.ndarray, list[np.ndarray], np.ndarray]:
        """Return log likelihoods by group, shares of nodes (K, G), slopes of rows by node, the effects."""
        _, logs = self._nodes
        effects = self._effects_at(point)
        joint, slopes = np.empty(effects.shape[:2]), []
        for place, own in enumerate(effects):
            eta = point.fixed + self._shift(point.rows, [own])
            ll, slope = self.response.values(eta, point.cuts)
            joint[place] = self._joint(ll, [own]) + logs[place]
            slopes.append(slope)
        top = joint.max(axis=0)
        share = np.exp(joint - top)
        total = share.sum(axis=0)
        own = top + np.log(total) - 0.5 * point.curvature.log_determinants()
        return own, share / total, slopes, effects

    # --- the gradient -------------------------------------------------------------------------------------

    def group_scores(self, parameters: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return log likelihoods and their gradients by group of the highest level, (G,) and (G, k)."""
        point = self._point(parameters)
        response, nested = self.response, self.nested
        eta = point.fixed + self._shift(point.rows, point.modes)
        bent = response.bent(eta, point.cuts)
        lowest = nested.rows[-1].codes
        if self._laplace:
            ll, slope = response.values(eta, point.cuts)
            own = self._joint(ll, point.modes) - 0.5 * point.curvature.log_determinants()
            adjoint = -0.5 * point.curvature.path_inverses()
            direct, pulled = slope, self._spread(slope, point.modes)
            pull = [np.zeros_like(v) for v in point.modes]
            shares, effects = None, None
        else:
            own, shares, slopes, effects = self._quadrature(point)
            adjoint, pull = self._node_adjoints(point, shares, slopes, effects)
            codes = nested.rows[0].codes
            direct, pulled = np.zeros(len(eta)), np.zeros((len(eta), self.sizes[0]))
            for share, slope, v in zip(shares, slopes, effects, strict=True):
                weighted = share[codes] * slope
                direct += weighted
                pulled += weighted[:, None] * v[codes]
        turned = np.einsum("nab,nb->na", adjoint[lowest], point.rows)
        leverage = np.einsum("na,na->n", turned, point.rows)
        along = bent.third * leverage
        pull = [a + b for a, b in zip(pull, self._pull(point.rows, along, None), strict=True)]
        moved = point.curvature.solve(pull)
        reach = self._shift(point.rows, moved)
        at_mode = along - bent.weight * reach
        rows = direct + at_mode
        outer = (
            pulled
            + self._spread(at_mode, point.modes)
            + 2 * bent.weight[:, None] * turned
            + self._spread(bent.slope, moved)
        )
        top = nested.rows[0]
        parts = [top.sums(self.X * rows[:, None])]
        if isinstance(response, Ordered):
            parts.append(top.sums(self._cut_scores(point, eta, leverage, reach, shares, effects)))
        parts.append(self._theta_scores(outer))
        return own, np.concatenate(parts, axis=1)

    def _spread(self, figures: np.ndarray, effects: Effects) -> np.ndarray:
        """Return each row's figure times the effects of its groups, (n, Q)."""
        parts = [v[groups.codes] for v, groups in zip(effects, self.nested.rows, strict=True)]
        return figures[:, None] * np.concatenate(parts, axis=1)

    def _node_adjoints(
        self, point: _Point, shares: np.ndarray, slopes: Sequence[np.ndarray], effects: np.ndarray
    ) -> tuple[np.ndarray, Effects]:
        """Return what moves the log likelihood along H and along the modes, through the nodes.

        With H = L L', nodes v + sqrt(2) L'^-1 x and E = L^-1 dH L'^-1, d L'^-1 is -L'^-1 Phi(E)', Phi taking
        the lower triangle and half of the diagonal.
        """
        nodes, _ = self._nodes
        q = self.sizes[0]
        factors = point.curvature.factors[0]
        pull = np.zeros_like(point.modes[0])
        outer = np.zeros((len(pull), q, q))
        for share, slope, v, node in zip(shares, slopes, effects, nodes, strict=True):
            gradient = share[:, None] * self._pull(point.rows, slope, [v])[0]
            pull += gradient
            outer += np.linalg.solve(factors, gradient[..., None]) * node
        lower = np.swapaxes(outer, 1, 2) * np.tril(np.ones((q, q)), -1)
        inner = 0.5 * (lower + np.swapaxes(lower, 1, 2))
        inner[:, range(q), range(q)] = 0.5 * np.diagonal(outer, axis1=1, axis2=2)
        inner = -np.sqrt(2) * inner - 0.5 * np.eye(q)
        half = np.linalg.inv(factors)
        return np.swapaxes(half, 1, 2) @ inner @ half, [pull]

    def _cut_scores(
        self,
        point: _Point,
        eta: np.ndarray,
        leverage: np.ndarray,
        reach: np.ndarray,
        shares: np.ndarray | None,
        effects: np.ndarray | None,
    ) -> np.ndarray:
        response = self.response
        assert isinstance(response, Ordered)
        at = response.cut_slopes(eta, point.cuts)
        total = at.weight * leverage + at.slope * reach
        if shares is None or effects is None:
            return response.by_cut(total + at.ll)
        codes = self.nested.rows[0].codes
        for share, v in zip(shares, effects, strict=True):
            here = point.fixed + self._shift(point.rows, [v])
            total = total + share[codes] * response.cut_slopes(here, point.cuts).ll
        return response.by_cut(total)

    def _theta_scores(self, outer: np.ndarray) -> np.ndarray:
        """Return derivatives along theta by group: what stands beside da' of rows, along their basis."""
        top, start, found = self.nested.rows[0], 0, []
        for block in self.blocks:
            q = block.columns.shape[1]
            own = outer[:, start : start + q]
            start += q
            for basis in block.basis:
                rows = np.einsum("nq,nq->n", block.columns @ basis, own)
                found.append(top.sums(rows))
        return np.stack(found, axis=1)

    def gradient(self, parameters: np.ndarray) -> np.ndarray:
        return self.group_scores(parameters)[1].sum(axis=0)

    def evaluate(self, parameters: np.ndarray) -> Evaluation:
        """Return log likelihood, gradient, and second derivatives as differences of the gradient."""
        try:
            own, scores = self.group_scores(parameters)
        except np.linalg.LinAlgError:
            k = len(parameters)
            return Evaluation(-np.inf, np.zeros(k), np.zeros((k, k)))
        second = np.zeros((len(parameters), len(parameters)))
        for place in range(len(parameters)):
            move = np.zeros(len(parameters))
            move[place] = _STEP
            second[place] = (self.gradient(parameters + move) - self.gradient(parameters - move)) / (
                2 * _STEP
            )
        return Evaluation(float(own.sum()), scores.sum(axis=0), -(second + second.T) / 2)

    def scores(self, parameters: np.ndarray, codes: np.ndarray | None, n_clusters: int) -> np.ndarray:
        """See `newton.Likelihood`; `codes` are of the groups of the highest level."""
        own = self.group_scores(parameters)[1]
        if codes is None:
            return own.T @ own
        return np.stack([np.bincount(codes, column, minlength=n_clusters) for column in own.T], axis=1)
