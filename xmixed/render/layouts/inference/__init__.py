"""Layouts of tests and intervals of means, variances, proportions and ranks, without a model.

The figures are those of `statistics/inference/`; tests of coefficients are in `layouts/postestimation/`.
"""
