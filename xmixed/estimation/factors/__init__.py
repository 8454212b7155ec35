"""Factor analysis and principal components: e() of factor and pca, rotations, scores.

The algebra is in `statistics/factors.py`; `fit` goes from a sample to e(), `estimator` is what predict and
replays ask. e() has no e(b): results are matrices.
"""
