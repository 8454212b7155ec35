"""The interpreter: lines of text in, commands run, output and state out."""
