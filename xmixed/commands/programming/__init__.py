"""The language of do-files: macros, results, blocks, loops, display, other files.

Prefixes are in `prefixes/`; what runs lines, blocks and programs is `xmixed/interpreter/`.
"""
