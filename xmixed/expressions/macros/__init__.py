"""Macros that ask the session: what `local x` may be followed by, and the macro functions.

How macros are expanded in a line stands in `language/programs/macros.py`.
"""
