"""Linear estimators beside the mixed model: regress, areg, xtreg.

Numbers from arrays (`regression`, `variance`, `panel`); nothing here reads a command or lays out a line.
"""
