"""Workbooks (.xlsx) by openpyxl, which is imported when one is read or written.

`cells` has what cells of a column make together, `reader` and `writer` the sheets.
"""
