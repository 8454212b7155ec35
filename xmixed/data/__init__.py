"""The dataset: columns in storage types, labels, notes, panels and time units.

A `Dataset` holds read-only columns with Stata's missing codes. Files are in `files/`. Nothing here knows a
session or a command.
"""
