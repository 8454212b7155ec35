"""What is made of fitted models, whatever estimator they come from: arrays and frozen results, no commands.

`prediction.py` the statistics of `predict`; `margins.py` which margins there are: over the rows of
`margins_sample.py`, averaged by `responses.py` at the values of `covariates.py`, checked by
`estimability.py`; `margins_results.py` and `margins_table.py` what is saved and shown of them,
`margins_contrasts.py` their comparisons, `margins_estimator.py` once they are posted; `marginal_cells.py` and
`contrasts.py` cells and comparisons of `contrast` and `pwcompare`; `expressions.py` functions of predictions
and coefficients; `hausman.py` the test of two estimators.
"""
