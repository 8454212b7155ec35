"""Curves through points: kernels, densities, lowess and polynomials, as graphs draw them.

Points in, points of a curve out; nothing here knows a graph.
"""
