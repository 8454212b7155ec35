"""Covariance matrices of random effects: structures, blocks, and the metrics that the optimiser moves in.

A block is one equation of one level. `tied` holds blocks that act on two levels at once, as the values of a
factor do. What a block does to the likelihood is found by `sweeps/`.
"""
