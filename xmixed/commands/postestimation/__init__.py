"""What follows a fit: stored results, tests, statistics after estimation.

A command here asks e() and the estimator, not one estimator's own types.
"""
