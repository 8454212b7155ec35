"""Layouts of estimates and of what follows them: headers, tables of coefficients, tests, criteria.

Figures come in as numbers and names; nothing here knows an estimator.
"""
