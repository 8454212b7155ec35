"""Text to logical lines, statements, and frozen syntax nodes with positions.

The grammar is in `grammar/`; what a command may be followed by is its `Syntax`; `builders/` makes nodes of
what the grammar finds; `equations.py` reads lines of several equations; `programs/` has macros and what
programs need. No data are needed to read a line.
"""
