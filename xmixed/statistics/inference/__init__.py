"""Tests and intervals without a model: means, proportions, ranks, tables of counts, normality, reliability.

Samples in as arrays, frozen dataclasses of statistics, degrees of freedom and p-values out. Wald tests of
coefficients are `statistics/linear/joint.py`; their hypotheses are made in `estimation/`.
"""
