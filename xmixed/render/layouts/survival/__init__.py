"""Layouts of survival data: what stset says, lists and tests of survivor functions, proportional hazards.

Headers of the models are with those of other estimators (`layouts/estimation/survival.py`).
"""
