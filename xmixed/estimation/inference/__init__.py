"""What is made of fitted models, whatever estimator they come from: arrays and frozen results, no commands.

`prediction.py` the statistics of `predict`.
"""
