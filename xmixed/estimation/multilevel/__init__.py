"""Generalised linear models with normal random effects at nested levels, fitted by maximum likelihood.

`responses` has outcomes given their linear predictor, `groups` sums over nested groups, `curvature` the
second derivatives along the random effects, `likelihood` the integral over these with its exact gradient,
`problem` and `fit` the way from a mixed model's specification to e(), `statistics` what predict makes. Arrays
and frozen dataclasses; no commands here.
"""
