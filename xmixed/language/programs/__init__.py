"""The language of programs and do-files: macros and their functions, heads of loops and of `if`, tokens, and
what `syntax` says a program takes.
"""
