"""Data commands, as their users see them."""
