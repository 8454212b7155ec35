"""Survival models: what `stset` has declared, Cox regression, parametric regression.

`declared` reads the settings of the data, `cox` and `parametric` hold the likelihoods, `sample` and `fit` go
to e(), `estimator` is what generic commands ask. Risk sets and curves are in `statistics/survival/`.
"""
