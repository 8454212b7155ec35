"""The statistics of `mi`: imputing, and estimating from all imputations together."""
