"""Graph commands: `twoway` and its short forms, `graph` with its subcommands, `histogram`, `kdensity`, ...

`plot_syntax.py` says which plots there are; `columns.py` evaluates variables, `layers.py` makes layers of a
plot and the data, `show.py` keeps a finished graph and shows it. What a graph is and how it is drawn is in
`xmixed/graphics/`.
"""
