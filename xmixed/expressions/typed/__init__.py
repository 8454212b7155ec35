"""What users type to programs: the parts and options that `syntax` describes, and the sample they mean.

The descriptions themselves are read in `language/programs/program_syntax.py`.
"""
