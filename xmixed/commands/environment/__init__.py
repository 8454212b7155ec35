"""The program itself: settings, the log, folders, help.

The values of settings are in `xmixed/session/settings.py`.
"""
