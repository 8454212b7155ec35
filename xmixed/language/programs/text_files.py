"""Reading text that users wrote: do-files and ado-files."""

from __future__ import annotations

import codecs
import os


def read_text(path: str) -> str:
    """Return the text of a file: UTF-8, or else Latin-1, in which Stata 12 wrote.

    A byte order mark is dropped in both.

    Raises
    ------
    OSError, ValueError
        The file cannot be read.
    """
    with open(os.path.expanduser(path), "rb") as stream:
        content = stream.read()
    content = content.removeprefix(codecs.BOM_UTF8)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return content.decode("latin-1")
