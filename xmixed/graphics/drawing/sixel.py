"""Pictures as sixels: the way in which some terminals show pixels."""

from __future__ import annotations

from typing import BinaryIO

import numpy as np

COLORS = 64
"""Most colours of a picture."""


def sixels(png: BinaryIO) -> str:
    """Return the escape sequence that shows a picture in a PNG file."""
    from PIL import Image

    picture = Image.open(png).convert("RGB").quantize(COLORS)
    palette = np.array(picture.getpalette() or [], dtype=np.int64)[: 3 * COLORS].reshape(-1, 3)
    return encoded(np.asarray(picture, dtype=np.int64), palette)


def encoded(pixels: np.ndarray, palette: np.ndarray) -> str:
    """Return the escape sequence of a picture whose pixels are numbers of colours.

    Parameters
    ----------
    pixels : ndarray of int, shape (height, width)
    palette : ndarray of int, shape (colours, 3)
        Red, green, blue from 0 to 255.
    """
    height, width = pixels.shape
    used = np.unique(pixels)
    parts = ["\x1bP0;1q", f'"1;1;{width};{height}']
    for color in used:
        red, green, blue = (round(int(part) * 100 / 255) for part in palette[color])
        parts.append(f"#{color};2;{red};{green};{blue}")
    for top in range(0, height, 6):
        band = pixels[top : top + 6]
        bits = 1 << np.arange(len(band))
        rows = [f"#{color}{_runs((band == color).T @ bits)}" for color in used if (band == color).any()]
        parts.append("$".join(rows) + "-")
    return "".join(parts) + "\x1b\\"


def _runs(codes: np.ndarray) -> str:
    """Return the characters of a row, equal ones in succession as `!count character`."""
    starts = np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])
    counts = np.diff(np.r_[starts, len(codes)])
    if codes[starts[-1]] == 0:  # nothing up to the end of the line
        starts, counts = starts[:-1], counts[:-1]
    return "".join(
        f"!{count}{chr(63 + codes[start])}" if count > 3 else chr(63 + codes[start]) * count
        for start, count in zip(starts.tolist(), counts.tolist(), strict=True)
    )
