"""The crucial routine: every level eliminated on the way up and visited on the way down, all groups at once.

`nested` where groups are nested, `crossed` where they cross, `whitened` with residual structures; each with
its second derivatives. They know the scaled problem and the levels' covariance matrices, nothing of
parameters.
"""
