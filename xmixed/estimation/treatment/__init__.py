"""Effects of treatments from observed data: regression adjustment, weighting, and both (`teffects`).

`moments` has the estimating equations and their solution on arrays, `fit` goes from equations over a
sample to e(), `estimator` shows it.
"""
