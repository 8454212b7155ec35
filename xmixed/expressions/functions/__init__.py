"""Stata's functions, one module a family, and the registry that finds them by name or abbreviation.

A family registers with `@function(names, kinds)`; its modules are loaded when the first function is asked
for. `regular` matches regular expressions for the family `patterns`.
"""
