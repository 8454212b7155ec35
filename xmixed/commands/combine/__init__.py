"""Datasets put together or made anew: merge, append, joinby, cross; collapse, contract, expand, fillin,
reshape, duplicates, sample.

The work is done in `xmixed.data.operations`; a module here reads the command, calls it and says what came of
it.
"""
