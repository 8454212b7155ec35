"""Layouts of `mi impute` and `mi estimate`: models and counts of imputed values; pooled estimates.

They compute nothing and know no command.
"""
