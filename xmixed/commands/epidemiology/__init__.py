"""Tables of epidemiology: risks, odds and rates, agreement of raters, ROC curves.

What is computed from arrays is in `statistics/inference/`.
Survival curves and models are in `survival/`.
"""
