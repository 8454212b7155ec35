"""What is made of replications: bias, standard errors and limits; running them on all cores; their tables.

Commands draw the samples (`data/operations/draws.py`) and run what is replicated (`commands/prefixes/`).
"""
