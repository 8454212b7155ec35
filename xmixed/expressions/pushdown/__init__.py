"""Expressions as queries: what `if` and `=exp` mean over data by reference, row by row where these lie.

The values are those of `expressions/evaluate.py`, missing values included; what depends on other rows, on
their order or on random numbers is refused by name. Commands use `translate.py`.
"""
