"""Results to lines of text: all widths live here; nothing is computed and no session is known.

`layouts/` has one module a layout; `text` and `notes` what several of them share.
"""
