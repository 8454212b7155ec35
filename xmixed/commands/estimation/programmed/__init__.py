"""`ml` and `nl`: models that users write themselves.

`calling` runs the program that evaluates a likelihood, `ml` has the subcommands, `mleval` what programs use,
`nonlinear` is `nl`. What is computed of them is in `estimation/programmed/` and `estimation/nonlinear/`.
"""
