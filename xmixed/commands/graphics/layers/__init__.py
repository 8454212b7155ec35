"""From a plot of a command and the data to a layer of a graph.

`columns.py` evaluates variables, observations, weights and groups; `making.py` is what a layer is made of;
`points.py` and `curves.py` make layers by the kind of plot, `layer.py` knows which. No module here registers
a command.
"""
