"""Models of data by reference: their sums are queries, and no row of the data is fetched.

`leaves`: the variables of a model as columns of a query; `sums`: totals over all rows, and sums by cell;
`mixed`: the sample of a mixed model as cells, `regression`: linear regression from totals. What a command
makes of these is what it makes of rows.
"""
