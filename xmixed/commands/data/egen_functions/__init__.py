"""The functions of `egen`: statistics of groups, of rows, codes of groups, strings.

`registry.py` holds the decorator that registers one and what a function gets and returns. A module here is
imported when `egen` first needs it.
"""
