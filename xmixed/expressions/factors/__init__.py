"""Factor variables and interactions: from `i.x##c.y` to terms and columns of a design.

`operators` reads what stands before the dot, `terms` holds terms and their names, `design` expands terms over
a sample and makes columns. The names of coefficients are those of terms.
"""
