"""Arguments that one command or a few have alone: recode's rules, rename's patterns, collapse's targets, ...

Each module reads one kind of `Syntax.argument`, or the text of one option, and is imported when a command
needs it. What all commands share (`if`, `in`, weights, options) is read in the modules of `language/`.
"""
