"""Layouts of commands that describe data: lists, summaries, tables by categories, correlations, panels.

Figures come in by cell; none is computed here.
"""
