"""Dynamic panel models by the generalised method of moments: xtabond2.

`timeline` has observations by panel and time with their transformations, `instruments` makes columns of what
options ask for, `moments` has the estimator on arrays, `fit` goes to e(), `estimator` is what generic
commands ask. Arellano and Bond (1991), Review of Economic Studies 58; Blundell and Bond (1998), Journal of
Econometrics 87; Roodman (2009), Stata Journal 9.
"""
