"""Many variables or observations at once, without a model: `cluster`.

`partitions` and `hierarchies` make cluster analyses, `cuts` makes groups of them and draws them, `kept`
has what data remember of each.
"""
