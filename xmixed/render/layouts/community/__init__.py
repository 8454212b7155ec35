"""What commands of users print: counts of values, frequencies, collinearity, bootstrap tests.

Their layouts are from memory of the authors' own.
"""
