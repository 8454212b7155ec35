"""Layouts of survival data: what stset says, lists and tests of survivor functions."""
