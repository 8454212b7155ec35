"""Layouts of commands that put datasets together or turn them: counts of rows and what became of variables.

The operations themselves are in `data/operations/`.
"""
