"""Population averages by generalised estimating equations: xtgee and xtreg, pa.

`panels` has rows by panel, `families` means and variances, `working` the correlations within panels,
`equations` the iterations; `fit` makes e() of them, `estimator` replays and predicts, `run` is the course of
a command. Nothing here registers one.
"""
