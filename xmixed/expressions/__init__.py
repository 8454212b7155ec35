"""Evaluating expressions over data, and what names in them mean.

`evaluate` runs nodes against a `context`; `names` and `results` look up variables, saved results and
coefficients; `varlist` resolves lists of variables. Functions are in `functions/`, factor variables in
`factors/`, assignments whose rows depend on earlier ones in `ordered/`. Nothing here knows a command.
"""
