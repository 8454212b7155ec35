"""Models side by side for publication: which rows, columns, figures, stars and notes a table has.

`table.py` makes the table as data; how it is written stands in `render/published/`, what the user may
ask for in `commands/publishing/`.
"""
