"""Survival data as arrays: risk sets, survivor functions, tests of their equality.

Every observation is at risk from `entry` (not included) to `exit` and may fail there. No data, no display.
"""
