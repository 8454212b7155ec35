"""Graphs of how variables are distributed.

`densities.py` has histograms and kernel densities, `quantiles.py` quantiles against those of something else.
"""
