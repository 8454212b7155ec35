"""Several linear regressions at once: sureg, mvreg, reg3.

`fit` has generalised least squares of stacked equations on arrays, `results` goes to e(), `estimator` is what
generic commands ask. Zellner (1962), JASA 57; Zellner and Theil (1962), Econometrica 30.
"""
