"""Quantile regression: qreg, and with standard errors from samples drawn again bsqreg, sqreg, iqreg.

`fit` has the variances on arrays, `results` goes to e(), `estimator` is what generic commands ask.
Koenker and Bassett (1978), Econometrica 46.
"""
