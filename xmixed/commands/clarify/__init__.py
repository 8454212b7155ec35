"""Interpreting models by simulation: estsimp, setx, simqi, of users (Tomz, Wittenberg and King 2003).

Written from their published description. What is computed is in `estimation/simulated/`.
"""
