"""Linear regression with the indicators of several categorical variables absorbed: reghdfe.

`groups` reads what is absorbed and what clusters, `fit` goes to e(), `estimator` is for generic commands.
"""
