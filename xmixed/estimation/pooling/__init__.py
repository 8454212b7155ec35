"""Estimates from all imputations together: e() of `mi estimate`, its display, and its tests.

The rules themselves are numbers of arrays and stand in `statistics/imputation/pooling.py`; running a command
on completed data is the business of `commands/mi/analysis/`.
"""
