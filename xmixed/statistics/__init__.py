"""Numbers from arrays: distributions, moments, percentiles, codes, least squares, sandwich variances.

Every function takes arrays or numbers and returns arrays, numbers or frozen dataclasses. Nothing here knows a
dataset, a session or a command; nothing is imported but `missing`.
"""
