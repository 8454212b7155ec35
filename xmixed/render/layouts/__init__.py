"""One module a layout: figures in, lines out, every column where Stata's console has it.

A layout takes frozen dataclasses of its own and returns lines; it computes nothing. The rooms are those of
the families of commands; here stands what belongs to none: headers of by-groups, banners of logs, lists of
results.
"""
