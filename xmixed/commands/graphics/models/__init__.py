"""Graphs of fitted models.

`coefplot.py` and `marginsplot.py` show what a model says, `roc.py` how well it tells outcomes apart,
`diagnostics.py` what it leaves over.
"""
