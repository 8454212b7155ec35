"""Survival data: stset declares them, sts, stsum and stdescribe look at them.

stcox and streg are with the estimators (`commands/estimation/`), numbers in `statistics/survival/`.
"""
