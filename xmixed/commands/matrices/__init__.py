"""Matrices: definition by expressions, names, decompositions, sums of products, to and from variables.

How a matrix expression is read stands in `language/arguments/matrix_expressions.py`, what it gives in
`expressions/matrices/`, the algebra in `statistics/linear/matrix_algebra.py`. Nothing here knows estimates:
that e(b) and e(V) can be named is the expressions' affair.
"""
