"""The scaled problem that the sweeps work on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xmixed.engine.covariance.blocks import Block
from xmixed.engine.model import Model
from xmixed.engine.products.columns import WorkingColumn
from xmixed.engine.products.crossed import CrossedProducts
from xmixed.engine.products.crossproducts import CrossProducts
from xmixed.engine.products.enclosing import enclosing_level
from xmixed.engine.products.grouping import Nesting
from xmixed.engine.products.weights import Weights
from xmixed.engine.residuals.data import ResidualData


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """Random effects from which the outcome is measured.

    Attributes
    ----------
    effects : per level of the sweeps (q, G) arrays, working units
    unmoved : Problem
        The problem in which they were zero.
    """

    effects: tuple[np.ndarray, ...]
    unmoved: Problem


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """The scaled problem.

    Attributes
    ----------
    model : Model
        The user's, with levels that must not cross others as columns.
    products : CrossProducts
        Working units: columns centred and scaled, y the OLS residual over `y_scale`.
    nesting : Nesting or None
        None where the levels are crossed.
    crossed : CrossedProducts or None
        None where the levels are nested.
    blocks : tuple of Block, top level first
    n, p : int
    level_count : int
        Levels of the user's model, empty ones included.
    reml : bool
    y_scale : float
        OLS residual root mean square, response units.
    x_scale, x_center : (p,) arrays
        Working column = (X - x_center)/x_scale.
    x_constant : int or None
        Position of the constant in X.
    offset : (p,) array
        Coefficients already taken out of y, on centred unscaled X, response units.
    y_center : float
    weights : Weights or None
    weight_scale : float
        What the given weights were divided by.
    x_columns : tuple of p WorkingColumn
    z_columns : per level of the sweeps, tuples of q WorkingColumn
    x_mix : (p, p) array or None
        T, unit upper triangular: the working columns are those of XT. None: of X.
    within : CrossProducts or None
        What the lowest level's Z leaves of the columns above it, where `products` have lost it; never with
        `residual`.
    least_variance : float
        A residual variance, working units, that is rounding of the data.
    residual : ResidualData or None
        None where residuals are independent with one variance. `products` are then those of Lambda = I.
    origin : Origin or None
        Products and `residual` have y less these effects' part of it.
    """

    model: Model
    products: CrossProducts
    nesting: Nesting | None
    crossed: CrossedProducts | None
    blocks: tuple[Block, ...]
    n: int
    p: int
    level_count: int
    reml: bool
    y_scale: float
    x_scale: np.ndarray
    x_center: np.ndarray
    x_constant: int | None
    offset: np.ndarray
    y_center: float
    x_columns: tuple[WorkingColumn, ...]
    z_columns: tuple[tuple[WorkingColumn, ...], ...]
    weights: Weights | None = None
    weight_scale: float = 1.0
    residual: ResidualData | None = None
    x_mix: np.ndarray | None = None
    within: CrossProducts | None = None
    least_variance: float = 1e-14
    origin: Origin | None = None

    def places(self, position: int) -> np.ndarray | None:
        """Position of every row's group at a level of the sweeps, (n,); None without random effects."""
        codes = self._codes(position)
        if codes is None or self.nesting is None:
            return codes
        labels = self.nesting.labels[position]
        if np.array_equal(labels, np.arange(len(labels))):
            return codes
        rank = np.zeros(int(labels.max()) + 1, np.intp)
        rank[labels] = np.arange(len(labels))
        return rank[codes]

    def _codes(self, position: int) -> np.ndarray | None:
        """The same by the codes of the model."""
        for block in self.blocks:
            level = self.model.levels[block.level - 1]
            if block.position == position:
                return level.groups
            if block.tie is not None and block.tie.position == position:
                return enclosing_level(level).groups
        return None

    @property
    def residual_df(self) -> float:
        """N: n, or the sum of weights, for ML, n - p for REML."""
        if self.weights is not None:
            return self.weights.total
        return self.n - self.p if self.reml else self.n

    def working_to_user(self, sign: float = 1.0) -> np.ndarray:
        """(p, p) derivative of the user's beta by that in working units; its inverse where `sign` is -1."""
        scale = self.y_scale / self.x_scale
        return self.uncentred(-1.0) * scale if sign > 0 else self.uncentred(1.0) / scale[:, None]

    def working_to_centred(self) -> np.ndarray:
        """(p, p) derivative of beta of the user's columns less `x_center` by that in working units."""
        scale = self.y_scale / self.x_scale
        return np.diag(scale) if self.x_mix is None else self.x_mix * scale

    def uncentred(self, sign: float) -> np.ndarray:
        """What takes coefficients of working columns to those of the user's (-1), or back (1); (p, p).

        But for their scales.
        """
        back = np.eye(self.p)
        if self.x_constant is not None:
            back[self.x_constant] += sign * self.x_center
        if self.x_mix is None:
            return back
        return back @ self.x_mix if sign < 0 else np.linalg.solve(self.x_mix, back)
