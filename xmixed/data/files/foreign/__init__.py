"""Files of SAS and SPSS by pyreadstat, which runs in a process of its own with a limit of memory.

`reader` starts that process and takes the dataset from it; `child` is what runs there, `convert` makes a
dataset of what pyreadstat says.
"""
