"""Imputation as `mi impute` does it: methods for one variable, sequences of them, and the terms they need.

Arrays and names; the dataset, its imputations and the output belong to the command.
"""
