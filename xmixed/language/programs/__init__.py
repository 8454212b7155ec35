"""The language of programs and do-files: macros, heads of loops and of `if`, tokens, what `syntax` says.

Text in, nodes out: macros are expanded by the interpreter, and programs run there.
"""
