"""A signature of data: names and values, not labels, formats and storage types."""

from __future__ import annotations

import zlib

import numpy as np

from xmixed.data.dataset import Dataset, Variable


def data_signature(data: Dataset) -> str:
    """Return `observations:variables(names):sum:sum` of data; equal for equal names and values in order.

    The sums are those of zlib, so they are not the numbers that Stata prints.
    """
    names = zlib.crc32(" ".join(data.names).encode())
    first, second = 0, 1
    for variable in data:
        content = _bytes_of(variable)
        first, second = zlib.crc32(content, first), zlib.adler32(content, second)
    return f"{data.n_obs}:{len(data.variables)}({names % 100_000}):{first}:{second}"


def _bytes_of(variable: Variable) -> bytes:
    if variable.is_string:
        values = variable.values.tolist()
        return b"\0".join(v if isinstance(v, bytes) else v.encode("utf-8", "surrogatepass") for v in values)
    doubles = variable.to_double() + 0.0  # -0 equals 0
    return np.ascontiguousarray(doubles, dtype="<f8").tobytes()
