"""What differs between the releases of the .dta file: widths of fields, type codes, encodings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from xmixed.data.dataset import DTYPES, Dataset
from xmixed.data.files.dta.text import Encoding

LEGACY_RELEASES = range(102, 117)
"""Releases with fixed binary headers (Stata 1 to 12)."""

TAGGED_RELEASES = range(117, 120)
"""Releases whose sections stand between tags (Stata 13 on)."""

Order = Literal["<", ">"]

NUMERIC_TYPES = ("byte", "int", "long", "float", "double")

_OLD_CODES = dict(zip(b"bilfd", NUMERIC_TYPES, strict=True))
_LEGACY_CODES = dict(zip(range(251, 256), NUMERIC_TYPES, strict=True))
_TAGGED_CODES = dict(zip(range(65530, 65525, -1), NUMERIC_TYPES, strict=True)) | {32768: "strL"}


@dataclass(frozen=True, slots=True)
class Layout:
    """Field widths (bytes) of one release in one byte order.

    Attributes
    ----------
    release : int
    order : str
        Byte order as numpy and struct write it: `<` or `>`.
    """

    release: int
    order: Order

    @property
    def tagged(self) -> bool:
        return self.release >= 117

    @property
    def encoding(self) -> Encoding:
        return "utf-8" if self.release >= 118 else "windows-1252"

    @property
    def name_width(self) -> int:
        """Variable names, names of value labels and of characteristics; with the final NUL."""
        return _width(self.release, (9, 110), (33, 118), (129, 0))

    @property
    def format_width(self) -> int:
        return _width(self.release, (7, 105), (12, 114), (49, 118), (57, 0))

    @property
    def label_width(self) -> int:
        """Variable labels, and the dataset label of the legacy releases."""
        return _width(self.release, (32, 108), (81, 118), (321, 0))

    @property
    def old_missing(self) -> bool:
        """Whether `.` is the only missing value (its codes are then the largest of their types)."""
        return self.release < 113

    @property
    def most_variables(self) -> int:
        return 120_000 if self.release >= 119 else 32_767

    @property
    def most_string(self) -> int:
        """Width of the widest fixed-length string."""
        return _width(self.release, (128, 111), (244, 117), (2045, 0))

    @property
    def strl_bits(self) -> int:
        """Bits of the variable number in the 64-bit reference of a strL."""
        return _width(self.release, (32, 118), (16, 119), (24, 0))

    def integer(self, size: int) -> str:
        """Return the numpy code of an unsigned integer of `size` bytes."""
        return f"{self.order}u{size}"

    def pack(self, number: int, size: int) -> bytes:
        """Return an integer as `size` bytes."""
        return number.to_bytes(size, "little" if self.order == "<" else "big", signed=number < 0)

    def storage_type(self, code: int) -> str:
        """Return the storage type of a type code; "" when the release has no such code."""
        if self.release < 111:
            return _OLD_CODES.get(code) or _string_type(code - 127, self.most_string)
        codes = _TAGGED_CODES if self.tagged else _LEGACY_CODES
        return codes.get(code) or _string_type(code, self.most_string)

    def type_code(self, storage_type: str) -> int:
        """Return the type code of a storage type (releases 111 on); KeyError when there is none."""
        if storage_type.startswith("str") and storage_type != "strL":
            return int(storage_type[3:])
        codes = _TAGGED_CODES if self.tagged else _LEGACY_CODES
        return {name: code for code, name in codes.items()}[storage_type]

    def field_dtype(self, storage_type: str) -> np.dtype:
        """Return the numpy dtype of a column as it stands in a record."""
        if storage_type == "strL":
            return np.dtype(f"{self.order}u8")
        if storage_type.startswith("str"):
            return np.dtype(f"S{storage_type[3:]}")
        return DTYPES[storage_type].newbyteorder(self.order)


def _width(release: int, *steps: tuple[int, int]) -> int:
    """Return the width of the first step whose release bound is above `release` (0: no bound)."""
    return next(width for width, before in steps if release < before or before == 0)


def _string_type(width: int, most: int) -> str:
    return f"str{width}" if 1 <= width <= most else ""


@dataclass(slots=True)
class Plan:
    """A dataset made ready for one release.

    Attributes
    ----------
    types : list of str
        Storage types as written: a `str#` is widened when its text needs more bytes.
    strings : dict of int to ndarray of S#, shape (n,)
        Encoded `str#` columns by variable number from 0.
    """

    dataset: Dataset
    layout: Layout
    timestamp: str
    types: list[str] = field(default_factory=list)
    strings: dict[int, np.ndarray] = field(default_factory=dict)
