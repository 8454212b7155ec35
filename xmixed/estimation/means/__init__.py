"""mean, proportion and total: estimates of subpopulations, their display and replay.

The numbers are in `xmixed/statistics/linearised.py`; sums of regressions are in `linear/`.
"""
