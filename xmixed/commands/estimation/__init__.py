"""Commands that fit models: syntax in, e() out.

What they share is in `xmixed/estimation/`, the numbers come from `xmixed/engine/` and `xmixed/statistics/`.
"""
