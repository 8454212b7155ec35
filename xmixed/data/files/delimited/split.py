"""Text taken apart into cells exactly, whatever its quotes, separators and lengths of rows."""

from __future__ import annotations

import re

import numpy as np

from xmixed.data.files.delimited.options import Reading, Separators


def separators_of(first_line: str, given: Separators) -> Separators:
    """Return the separators; without any given tabs where the first line has one, else commas."""
    return given if given.characters else Separators("\t" if "\t" in first_line else ",")


def split_rows(text: str, separators: Separators, reading: Reading) -> list[list[str]]:
    """Return the cells of every line that is not empty.

    Parameters
    ----------
    text : str
        Lines end with `\\n`.
    """
    plain = len(separators.characters) == 1 and not separators.collapse
    if plain and ('"' not in text or (reading.bind == "nobind" and reading.strip != "yes")):
        return [line.split(separators.characters) for line in text.split("\n") if line]
    cell = _pattern(separators, reading)
    rows: list[list[str]] = []
    row: list[str] = []
    begins = 0
    while begins < len(text):
        found = cell.match(text, begins)
        assert found is not None  # a bare cell may be empty, and the text ends somewhere
        row.append(_cell(found, reading))
        begins = found.end()
        if found["end"] in ("\n", ""):
            if len(row) > 1 or found.start() < found.start("end"):
                rows.append(row)
            row = []
    if row:  # the text ended behind a separator
        rows.append([*row, ""])
    return rows


def with_bound_cells(content: bytes, lines: np.ndarray, separators: Separators, reading: Reading) -> bytes:
    """Return a text where double quotes bind every cell of some lines: any reader sees the same cells.

    Parameters
    ----------
    content : bytes
        UTF-8; no cell goes over several lines.
    lines : ndarray of int
        Their numbers, from 0, ascending.
    """
    ends = np.flatnonzero(np.frombuffer(content, dtype=np.uint8) == ord("\n"))
    begins = np.concatenate([[0], ends + 1])
    ends = np.append(ends, len(content))
    pieces: list[bytes] = []
    done = 0
    for begin, end in zip(begins[lines].tolist(), ends[lines].tolist(), strict=True):
        row = split_rows(content[begin:end].decode("utf-8"), separators, reading)[0]
        bound = separators.characters.join('"' + cell.replace('"', '""') + '"' for cell in row)
        pieces += [content[done:begin], bound.encode("utf-8")]
        done = end
    return b"".join((*pieces, content[done:]))


def _pattern(separators: Separators, reading: Reading) -> re.Pattern[str]:
    characters = separators.characters
    if separators.as_string or len(characters) == 1:
        between = re.escape(characters)
    else:
        between = f"[{re.escape(characters)}]"
    if separators.collapse:
        between = f"(?:{between})+"
    end = rf"(?P<end>{between}|\n|\Z)"
    inside = '[^"]' if reading.bind == "strict" else r'[^"\n]'
    bound = "" if reading.bind == "nobind" else rf'"(?P<bound>(?:{inside}|"")*)"(?={between}|\n|\Z)|'
    return re.compile(rf"(?:{bound}(?P<bare>(?:(?!{between})[^\n])*)){end}")


def _cell(found: re.Match[str], reading: Reading) -> str:
    groups = found.groupdict()
    bound = groups.get("bound")
    if bound is not None:
        return f'"{bound}"' if reading.strip == "no" else bound.replace('""', '"')
    bare = groups["bare"]
    return bare.replace('"', "") if reading.strip == "yes" else bare
