"""Linear mixed models between the command and the engine.

`options` the options as a command lists them; `resolve`, `specification`, `weights`, `residuals`, `robust`
and `start`: what is to be fitted; `fit`, `log` and `verdict`: the engine run, what it reports, what is to
be said of it; `results` e() and `display` its tables. `model` holds the frozen types that these pass to
each other. Numerical work is in `engine/`.
"""
