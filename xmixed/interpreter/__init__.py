"""The interpreter: lines of text in, commands run, output and state out.

The session with its frames, programs, do-files, blocks and by-groups; what a failed command changed is put
back. No single command is known here, and nothing is laid out.
"""
