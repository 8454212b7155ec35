"""Simulated parameters of a model, and quantities that follow from them (King, Tomz and Wittenberg 2000).

`model` says which variables hold the draws of which parameter, `draws` makes draws, `quantities` turns them
and values of the covariates into probabilities, expected and predicted values. Commands: `commands/clarify/`.
"""
