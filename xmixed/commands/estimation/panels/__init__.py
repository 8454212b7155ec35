"""Commands that fit models to panels: what starts with xt, and clogit."""
