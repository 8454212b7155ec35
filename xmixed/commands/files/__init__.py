"""Datasets in and out: use, save and their sisters.

What reads and writes the formats is in `xmixed/data/files/`.
"""
