"""State between commands: data, results, stored estimates, settings, random stream, output stream.

`state` is what a handler gets. Nothing here prints by itself or knows how a command works.
"""
