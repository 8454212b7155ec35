"""Survey data: the design that svyset has declared, linearised variances, results of svy as others see them.

`design` has strata, primary sampling units and weights, `variance` the variance of totals of influences,
`estimator` the display. Any estimator that says what each observation adds to e(b) can stand behind svy.
"""
