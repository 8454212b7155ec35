"""Text to logical lines, expanded macros, and frozen syntax nodes with positions.

The grammar is in `grammar/`; what a command may be followed by is its `Syntax`. No data are needed to read
a line.
"""
