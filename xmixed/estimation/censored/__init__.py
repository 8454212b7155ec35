"""Normal regression of outcomes known up to intervals: tobit and intreg.

`likelihood` has the log likelihood of intervals, `fit` goes from a sample to e(), `estimator` is what generic
commands ask.
"""
