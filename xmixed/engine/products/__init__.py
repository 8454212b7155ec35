"""Data to sums: the groups and their order, weights, scaling, and the cross-products of every group.

Once per fit, before any parameter is known. Nested levels are in `crossproducts`, crossed ones in `crossed`;
`indicators` makes columns of levels that must not cross others. What residual structures do to the sums is
in `residuals/`.
"""
