"""Linear regression under linear constraints: cnsreg.

`constraints` makes equations of what `constraint` keeps, `fit` goes from a sample to e(), `estimator` is what
generic commands ask.
"""
