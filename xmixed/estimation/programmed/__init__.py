"""Likelihoods that a program of the user's evaluates: `ml`.

`differences` differentiates what a program returns, `likelihood` makes likelihoods of it that the search
takes, `start` looks for a point from which it can begin, `problem` is what `ml model` has defined and
`fit` goes from there to e().
"""
