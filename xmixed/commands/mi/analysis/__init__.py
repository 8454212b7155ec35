"""The statistics of `mi`: imputing, estimating from all imputations together, and tests of what was pooled.

The numbers are made in `xmixed.statistics.imputation` and `xmixed.estimation.imputation`; a module here opens
the imputations in memory, hands over arrays or completed data, and says what came out.
"""
