"""Datasets in files: where to find them, how to read and write them.

`locate` finds a dataset by name, path or address, `network` fetches it, `content` reads any other file as a
whole, `memory` says whether it fits, `atomic_file` puts a written file in place in one step. A format is a
room: `dta/` Stata's own, `delimited/` text of rows and columns, `raw/` text without names, `excel/`
workbooks, `foreign/` SAS and SPSS; or a module: `parquet`, `database`. What reads such a file makes an
`imported.Imported`: a dataset and what the user is to know of it.
"""
