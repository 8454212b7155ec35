"""Regression with instrumental variables: the sample, the estimators, tests of them, e() and its display.

`model` reads a command's lists of variables, `fit` goes on to e(), `validity` has what estat makes (first
stages, overidentification, endogeneity), `estimator` the display. The algebra stands in
`statistics/linear/instrumental.py`.
"""
