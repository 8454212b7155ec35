"""Linear regression of time series and of panels over time: newey, prais, xtscc.

`order` has the rows by time, `newey` and `prais` go from a sample to e(), `estimator` is what generic
commands ask.
"""
