"""Linear algebra of estimates: least squares by blocks of rows, sandwiches, contrasts, Wald statistics.

Also what Stata does with matrices that have no inverse. Nothing here knows names of coefficients or e();
mixed models are `engine/`.
"""
