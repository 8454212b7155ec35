"""What users write programs with: definitions, their arguments and syntax, samples, temporaries, checks.

What a program returns stands in `programming/returned.py`, beside the lists of it; how it is called in
`interpreter/programs.py`.
"""
