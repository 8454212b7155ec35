"""Assignments whose values depend on those just assigned: `replace x = x[_n-1] + 1`.

`replace` finds out whether rows depend on each other and evaluates in as few passes as it can; `row_by_row`
compiles what is left to a function of one row. Expressions that do not look back are in `evaluate`.
"""
