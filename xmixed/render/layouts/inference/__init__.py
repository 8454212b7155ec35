"""Layouts of tests and intervals of means, variances, proportions and ranks, without a model."""
