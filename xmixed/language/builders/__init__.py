"""From Lark's rules to frozen nodes: callbacks for expressions, lists and arguments.

`grammar.py` puts them together; the pieces of a command line (its skeleton) have their callback beside their
types in `skeleton.py`. No data are needed.
"""
