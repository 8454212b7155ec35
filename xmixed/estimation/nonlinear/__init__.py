"""Nonlinear least squares: `nl`.

`expression` reads parameters in braces, `least_squares` searches on arrays, `fit` goes to e() and
`estimator` shows it.
"""
