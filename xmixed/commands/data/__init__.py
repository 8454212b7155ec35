"""Variables and rows of the data in memory: made, changed, labelled, sorted, dropped, declared a panel.

What changes the shape of the data or brings two datasets together has a family of its own; what only
shows them is in `describe/`.
"""
