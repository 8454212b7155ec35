"""String columns on their way into a .dta file: fixed-length fields and long strings."""

from __future__ import annotations

import numpy as np

from xmixed.data.files.dta.columns import strl_key
from xmixed.data.files.dta.layout import Layout
from xmixed.data.files.dta.text import Encoding, encode


def encode_column(values: np.ndarray, encoding: Encoding) -> np.ndarray:
    """Return an object array of str as fixed-length bytes; UnicodeEncodeError as `dta_text.encode`."""
    if len(values) == 0:
        return np.empty(0, dtype="S1")
    try:
        return values.astype("S")
    except UnicodeEncodeError:
        texts = values.tolist()
        encoded = {text: encode(text, encoding) for text in set(texts)}
        return np.array([encoded[text] for text in texts], dtype="S")


def encode_strls(columns: dict[int, np.ndarray], layout: Layout) -> tuple[dict[int, np.ndarray], bytes]:
    """Return the references of every strL column, and the section that holds the strings.

    Parameters
    ----------
    columns : dict of int to ndarray of object, shape (n,)
        By variable number from 0; str, or bytes for binary strings. Equal strings of a column are
        stored once.
    """
    references: dict[int, np.ndarray] = {}
    stored: list[tuple[int, int, str | bytes]] = []
    for number, values in columns.items():
        keys: dict[str | bytes, int] = {"": 0, b"": 0}
        for observation, value in enumerate(values.tolist(), start=1):
            if value not in keys:
                keys[value] = strl_key(layout, number + 1, observation)
                stored.append((observation, number + 1, value))
        references[number] = np.array([keys[value] for value in values.tolist()], dtype=np.uint64)
    stored.sort(key=lambda entry: entry[:2])
    return references, b"".join(_strl(layout, *entry) for entry in stored)


def _strl(layout: Layout, observation: int, number: int, value: str | bytes) -> bytes:
    raw = encode(value, layout.encoding) if isinstance(value, str) else value
    binary = isinstance(value, bytes) or b"\0" in raw
    head = layout.pack(number, 4) + layout.pack(observation, 8 if layout.release >= 118 else 4)
    content = raw if binary else raw + b"\0"
    return b"GSO" + head + bytes([129 if binary else 130]) + layout.pack(len(content), 4) + content
