"""Pictures of graphs by matplotlib, which is imported inside the functions here and nowhere else.

`figure.py` is the door: a `Graph` in, a matplotlib figure out. `page.py` measures and places text,
`region.py` draws one plot region with its axes, `plots.py` its layers, `legend.py` the legend, `panels.py`
graphs beside each other. Places are points from the lower left corner; nothing is left to automatic layout,
so that panels stand in line.
"""
