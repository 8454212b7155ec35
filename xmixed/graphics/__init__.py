"""Graphs: what they are, how they look, and how they are drawn.

`model.py` says what a graph is: frozen data, made of arrays and texts. `schemes.py`, `colors.py` and
`sizes.py` are the vocabulary of looks, as tables; `scales.py` chooses labels of axes. `drawing/` makes a
picture of a graph and is the only place that imports matplotlib, inside its functions; `export.py` writes
pictures, `files.py` keeps a graph as data. Nothing here knows a session, a dataset or a command.
"""
