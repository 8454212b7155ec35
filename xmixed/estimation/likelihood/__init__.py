"""Models fitted by maximum likelihood whose outcomes depend on linear predictors.

`design` standardises columns; `families` (logit, probit, poisson), `ordered` and `multinomial` hold the
likelihoods with exact first and second derivatives; `newton` maximises them; `models`
makes them from columns.
Arrays in, frozen dataclasses out; no commands, no display.
"""
