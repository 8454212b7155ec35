"""From nodes to closures, once for each definition or statement: a frame goes in, a value comes out.

`scope.py` knows where a name's value is kept, `expressions.py`, `subscripts.py` and `calls.py` compute,
`statements.py` runs, `definitions.py` makes functions. Nothing here knows a session or a function of Mata.
"""
