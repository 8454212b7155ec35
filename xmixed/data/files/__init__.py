"""Datasets in files: where to find them, how to read and write them.

`locate` finds a dataset by name, path or address, `network` fetches it, `atomic_file` puts a written file
in place in one step; `dta/` reads and writes Stata's format.
"""
