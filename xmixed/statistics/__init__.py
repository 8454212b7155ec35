"""Numbers from arrays: least squares, sandwich variances.

Functions take arrays and return small frozen dataclasses; they know neither data sets nor commands.
"""
