"""Draws of the parameters of a model from their sampling distribution."""

from __future__ import annotations

import numpy as np


def normal_draws(
    generator: np.random.Generator, means: np.ndarray, V: np.ndarray, count: int, antithetic: bool = False
) -> np.ndarray:
    """Return draws from N(means, V), shape (count, k); V may be singular, as with omitted coefficients.

    Parameters
    ----------
    antithetic : bool
        The second half of the draws mirrors the first, so that their mean is `means` for an even count.
    """
    eigenvalues, vectors = np.linalg.eigh((V + V.T) / 2)
    root = vectors * np.sqrt(np.maximum(eigenvalues, 0.0))
    if not antithetic:
        return means + generator.standard_normal((count, len(means))) @ root.T
    half = generator.standard_normal((count - count // 2, len(means)))
    return means + np.concatenate([half, -half])[:count] @ root.T


def variance_draws(generator: np.random.Generator, rss: float, df: float, count: int) -> np.ndarray:
    """Return draws of the residual variance of a regression: its sum of squares over draws of chi2(df)."""
    return rss / generator.chisquare(df, count)
