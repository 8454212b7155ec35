"""Text files without names: values in free format, in columns, or as a dictionary says.

`layout` reads dictionaries and column specifications, `values` makes variables of what stands there.
"""
