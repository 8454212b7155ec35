"""Stata's .dta files, releases 102 to 119, read and written by our own code.

`layout` the widths and order of every release; `source`, `header`, `columns`, `labels`, `strings` and
`text` the parts of a file; `reader` and `writer` put them together; `sections` what the writer needs of
each part. No pandas.
"""
