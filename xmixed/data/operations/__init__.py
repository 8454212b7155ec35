"""From data to data: merge, append, joinby, cross, collapse, contract, expand, fillin, reshape, duplicates.

Each function takes datasets and returns a frozen record with the new one and what there is to say of it.
Nothing here prints, reads files, or knows a session or a command.
"""
