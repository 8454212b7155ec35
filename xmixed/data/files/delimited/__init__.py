"""Text files of rows and columns: comma, tab or otherwise separated.

`reader` makes a dataset of a file: `encoding` its text, `table` the columns of regular files by pandas,
`split` exact cells where quotes or ragged rows ask for it, `columns` variables of cells. `writer` writes
a dataset.
"""
