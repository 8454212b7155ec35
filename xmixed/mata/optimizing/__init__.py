"""Maximising a function of a row of parameters: derivatives by differences, and the ways up.

`derivatives.py` has gradients and second derivatives, `search.py` Newton's method, BFGS, DFP, a simplex.
Functions in and figures out: nothing here knows Mata's values; `functions/optimize.py` has what users call.
"""
