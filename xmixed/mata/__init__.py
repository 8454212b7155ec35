"""Mata: reading, compiling and running its code.

`reading.py` makes nodes of text, `compiling/` closures of nodes, `functions/` has what Mata brings along,
`running.py` runs lines in a session. Values are in `values.py`, views onto data in `views.py`, failures in
`errors.py`. The layout of a matrix is in `render/layouts/`, the command `mata` in `commands/programming/`.
"""
