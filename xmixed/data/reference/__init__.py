"""Data by reference: a table that an engine queries where it lies, described in the terms of a dataset.

Such a dataset has variables without values: in their place stands an `Absent`, the name of a column of the
table. What asks for observations is refused there, whatever it is; what only needs names, types, formats and
labels works as with data in memory. Here are the value, its sources, how queries are run and what comes back
of them. What an expression means as a query is the matter of `expressions/pushdown`.
"""
