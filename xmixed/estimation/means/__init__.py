"""mean, proportion and total: estimates of subpopulations, their display and replay.

The numbers are in `xmixed/statistics/linear/linearised.py`; sums of regressions are in `linear/`.
"""
