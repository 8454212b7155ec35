"""Multiple-imputation data: one original dataset and its imputations, in Stata's four styles.

`model` is what they are in whatever style, `styles` reads and makes the datasets of the styles, `clean_up` is
what every `mi` command does first, `separate` the files of style flongsep. Nothing here knows a session or
prints.
"""
