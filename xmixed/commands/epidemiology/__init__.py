"""Tables of epidemiology: risks, odds and rates, agreement of raters, ROC curves."""
