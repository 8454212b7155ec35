"""`ml`: likelihoods of the user's own.

`calling` runs the program that evaluates one, `ml` has the subcommands, `mleval` what programs use.
What is computed of it is in `estimation/programmed/`.
"""
