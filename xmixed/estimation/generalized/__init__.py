"""Generalised linear models: links and families (which xtgee shares), likelihood, e() and its display.

`fit` goes from a sample to e(), `estimator` is what generic commands ask, `options` has the syntax of glm and
reads `family()` and `link()`. No commands here.
"""
