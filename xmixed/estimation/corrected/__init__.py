"""Linear regression of panels with panel-corrected standard errors: xtpcse; by feasible GLS: xtgls.

`fit` has the covariances of panels, the Prais-Winsten transformation and e(), `estimator` the display.
Beck and Katz (1995), American Political Science Review 89.
"""
