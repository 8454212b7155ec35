"""`estat`: one module a subcommand, and `estat` itself for what is none of them.

What is computed is in `estimation/`, layouts are in `render/`.
"""
