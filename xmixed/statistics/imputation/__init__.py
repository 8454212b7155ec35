"""Proper imputation of continuous variables, and what multiple imputations say together; arrays alone.

`gaussian` regresses one variable on others, `multivariate` augments multivariate normal data, `pooling` has
Rubin's rules. Imputation by maximum likelihood stands in `estimation/imputation/`.
"""
