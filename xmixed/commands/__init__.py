"""The commands: each takes a session and a syntax node.

A module registers its commands in `registry`. A command parses nothing, computes nothing that another could
want and lays out nothing: that is done by the language, the floors below, and `render/`.
"""
