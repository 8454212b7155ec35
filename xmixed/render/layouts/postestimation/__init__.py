"""Layouts of what follows estimates: tests, margins, contrasts, models side by side, estat.

Tables of coefficients are those of `layouts/estimation/`; nothing here knows an estimator.
"""
