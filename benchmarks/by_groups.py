"""What residual parameters of many by() groups cost: processor time and iterations, by structure.

The model is `y x || id: x, covariance(unstructured) residuals(STRUCTURE, t(t) by(g))` on 3,000 rows in 300
groups, "crossing" with by() groups within those of `id`. "gaps" is `y x || id:, residuals(exponential,
t(t) by(g))` with 50 rows for each by() group, no two gaps alike and no correlation in most groups.

Usage: OPENBLAS_NUM_THREADS=1 python benchmarks/by_groups.py [--sets 60] [--methods ml reml]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from xmixed.engine import Level, Model, RandomEffects, Residuals, fit

ROWS, GROUPS = 3000, 300
FORMS = {
    "independent": ("independent", 0),
    "crossing": ("independent", 0),
    "ma 1": ("ma", 1),
    "ar 1": ("ar", 1),
}


def crossed_or_nested(form: str, sets: int, method: str) -> Model:
    """Return a model with a structure's parameters for each of `sets` groups."""
    random = np.random.default_rng(1)
    group, place = np.divmod(np.arange(ROWS), ROWS // GROUPS)
    by = random.integers(0, sets, ROWS) if form == "crossing" else group % sets
    x, sd = random.normal(size=ROWS), np.exp(random.normal(0, 0.4, sets))
    y = 1 + 0.5 * x + random.normal(0, 0.7, GROUPS)[group] + random.normal(size=ROWS) * sd[by]
    structure, order = FORMS[form]
    residuals = Residuals(structure, group, GROUPS, place.astype(float), order=order, by=by, n_by=sets)  # type: ignore[arg-type]
    level = Level(group, GROUPS, (RandomEffects((x, None), "unstructured"),))
    return Model(y, (x, None), (level,), method, residuals)  # type: ignore[arg-type]


def many_gaps(sets: int, method: str) -> Model:
    """Return a model with exponential residuals of units of ten, a third of the by() groups correlated."""
    random = np.random.default_rng(3)
    unit = np.repeat(np.arange(5 * sets), 10)
    by, t = unit // 5, random.uniform(0, 10, len(unit))
    x, rho = random.normal(size=len(unit)), np.where(np.arange(sets) % 3 == 0, 0.5, 1e-300)
    y = 1 + 0.5 * x + random.normal(0, 0.7, 5 * sets)[unit]
    for own in np.split(np.arange(len(unit)), 5 * sets):
        gaps = np.abs(np.subtract.outer(t[own], t[own]))
        y[own] += np.linalg.cholesky(rho[by[own[0]]] ** gaps) @ random.normal(size=10)
    residuals = Residuals("exponential", unit, 5 * sets, t, by=by, n_by=sets)
    level = Level(unit, 5 * sets, (RandomEffects((None,), "identity"),))
    return Model(y, (x, None), (level,), method, residuals)  # type: ignore[arg-type]


def main() -> None:
    """Fit every model once and print what it took."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sets", type=int, nargs="+", default=[60])
    parser.add_argument("--methods", nargs="+", default=["ml", "reml"])
    chosen = parser.parse_args()
    fit(many_gaps(2, "ml"))
    for sets in chosen.sets:
        for method in chosen.methods:
            models = {form: crossed_or_nested(form, sets, method) for form in FORMS}
            for form, model in (models | {"gaps": many_gaps(sets, method)}).items():
                begun = time.process_time()
                found = fit(model).optimization
                seconds = time.process_time() - begun
                steps = len(found.iterations) - 1
                print(f"{sets:4d} {method:4} {form:12} {seconds:7.2f} s {steps:4d} steps  {found.verdict}")


if __name__ == "__main__":
    main()
