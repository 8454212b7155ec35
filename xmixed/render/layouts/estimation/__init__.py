"""Layouts of estimates: headers, iterations, tables of coefficients and of random effects.

Figures come in as numbers and names; nothing here knows an estimator. What follows a fit is laid out in
`layouts/postestimation/`.
"""
