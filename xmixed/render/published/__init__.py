"""Tables of several models side by side, as people publish them: to the console and to files.

`table.py` has the table as data (texts of cells, no widths), `fixed.py` and the others write it: fixed
columns, tabs and commas, LaTeX, HTML, Markdown, RTF. What stands in the cells is made in
`estimation/publishing/`.
"""
