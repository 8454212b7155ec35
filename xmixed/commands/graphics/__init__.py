"""Graph commands: `twoway` and its short forms, `graph` with its subcommands, `histogram`, `kdensity`, ...

`plot_syntax.py` says which plots there are, `layers/` makes layers of them and the data, `single.py` is what
commands with one plot of their own share, `show.py` keeps a finished graph and shows it. What a graph is and
how it is drawn is in `xmixed/graphics/`.
"""
