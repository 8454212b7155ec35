"""The search for the maximum: the objective, where it starts, how it moves, and what its end looks like.

EM and the fits of separate levels start it, `optimise` moves, `local_maxima` leaves low ones, `boundary`
finds zero variances and limit correlations, `standard_errors` the covariance of the estimates. The order of
the phases is in `fitting`.
"""
