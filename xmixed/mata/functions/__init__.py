"""Mata's own functions, one module a family, and the registry that finds them by name.

A family registers with `@builtin(names, minimum, maximum)`; its modules are loaded when the first function is
asked for. Functions take values (`xmixed/mata/values.py`) and return one, or None.
"""
