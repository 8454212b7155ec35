"""What samples say: tests of means, proportions, variances, ranks, normality; intervals; rank correlations.

Nothing here changes the data or leaves e(). Figures come from `xmixed/statistics/`, layouts from
`xmixed/render/layouts/`. Models and what follows them are in `estimation/` and `postestimation/`.
"""
