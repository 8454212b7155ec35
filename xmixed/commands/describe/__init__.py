"""What the data are like: listings, counts, codebooks, summaries, tables and correlations.

Nothing here changes the data. Figures come from `xmixed/statistics/`, layouts from `xmixed/render/layouts/`.
"""
