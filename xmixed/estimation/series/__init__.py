"""Linear regression of time series: newey, prais.

`order` has the rows by time, `newey` and `prais` go from a sample to e(), `estimator` is what generic
commands ask.
"""
