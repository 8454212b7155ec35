"""Residuals that are correlated or differ in variance within units: `Residuals` of a model.

`structures` has the parameters and Lambda, `products` the shape of what the sweeps need, D'Lambda^{-1}D by
unit, and `basis`, `markov` and `patterns` the three ways to form it; `data` gathers a problem's units. The
sweeps of the whitened problem are in `sweeps/whitened.py`.
"""
