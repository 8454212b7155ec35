"""What every estimator shares; one folder an estimator.

`sample.py` the columns of an estimation sample, `hypotheses.py` linear constraints on e(b), `wald.py` their
test, `delta.py` standard errors and limits of transformed figures, `coefficients.py` the estimates by name.
Nothing here registers a command or prints: commands hand over nodes and get frozen results back.
"""
