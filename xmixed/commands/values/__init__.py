"""Other values for variables: recode, encode, destring, missing values, storage types, quantiles, parts.

What is done to the values stands in `xmixed.data.operations.recode` and in `statistics`; a module here reads
the command and says what changed.
"""
