"""Models of several equations, each with covariates of its own.

`sample` reads them and makes columns of them, `likelihood` has log likelihoods of several linear predictors,
`rows` what each model's is for one row, `fit` goes to e(), `estimator` is what generic commands ask.
"""
