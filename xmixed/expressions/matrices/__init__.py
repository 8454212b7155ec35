"""Matrix expressions over a session: operators, subscripts and names of rows and columns, functions.

How they are read stands in `language/arguments/matrix_expressions.py`. Functions of matrices in
ordinary expressions (`det(A)`, `rowsof(A)`) are the same ones.
"""
