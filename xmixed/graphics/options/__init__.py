"""The options of graph commands: their tables, and what they say as parts of a graph.

`tables.py` lists them; `styles.py`, `headings.py`, `axes.py`, `legends.py` and `regions.py` turn what was
typed into the frozen types of `graphics/model.py`. What Stata only notes (an unknown colour), is noted here
too: in `Notes`.
"""
