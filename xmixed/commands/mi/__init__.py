"""Multiple imputation: data in Stata's four styles, and the commands that work on them.

The data themselves stand in `xmixed.data.imputed`; a module here reads the command, works on imputations
whatever their style, and puts them back. What `mi` commands share is in `held`.
"""
