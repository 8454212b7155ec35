"""Graphs of time series: how a series is correlated with itself and with another one.

`regular.py` puts series on equally spaced times, `correlograms.py` has the commands.
"""
