"""What the tables of epidemiology print: cases by exposure, ratios in strata, agreement of raters.

Their layouts are from memory.
"""
