"""Prefixes: what stands before another command and runs it, with a colon or without.

A prefix gets the rest of the line and hands it to `session.execute`.
"""
