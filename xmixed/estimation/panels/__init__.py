"""Binary outcomes in panels: random effects by quadrature, fixed effects by conditioning on sums of outcomes.

The integral over random effects is that of `multilevel/`; `conditional` holds the other likelihood. xtlogit,
xtprobit, clogit.
"""
