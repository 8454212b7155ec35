"""Commands that fit models to panels: what starts with xt, and clogit.

Beside the other estimation commands because there are many; what they share is in `xmixed/estimation/`.
"""
