"""Loading a .dta file: our reader against pandas.read_stata, in one run.

Usage: python benchmarks/load_dta.py [rows] [--limit RATIO]

Prints the best of several alternating runs for ten numeric columns and for files with strings, and the ratio
ours / pandas; with --limit the exit status is 1 when the ratio of the numeric file is above it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from xmixed.data.dataset import Dataset, Variable, default_format, from_double
from xmixed.data.files.dta.reader import read_dta
from xmixed.data.files.dta.writer import write_dta

NUMERIC = ("double", "double", "double", "float", "float", "float", "long", "long", "int", "byte")
REPETITIONS = 5


def numeric_file(rows: int, path: Path) -> None:
    """Write ten numeric columns of all types; one in a hundred values is missing."""
    random = np.random.default_rng(1)
    variables = []
    for i, kind in enumerate(NUMERIC):
        values = random.normal(size=rows) * 30
        values[random.random(rows) < 0.01] = np.nan
        column = from_double(values, kind)
        variables.append(Variable(f"v{i}", kind, column, default_format(kind)))
    write_dta(Dataset(tuple(variables), rows), path, replace=True)


def string_file(rows: int, path: Path, release: int, texts: list[str]) -> None:
    """Write two string columns and a double."""
    random = np.random.default_rng(2)
    words = np.array(texts, dtype=object)
    variables = []
    for name in ("s", "t"):
        column = words[random.integers(0, len(words), rows)]
        variables.append(Variable(name, "str12", column, "%12s"))
    variables.append(Variable("x", "double", random.normal(size=rows), "%10.0g"))
    write_dta(Dataset(tuple(variables), rows), path, release, replace=True)


def seconds(load: Callable[[Path], object], path: Path) -> float:
    """Return the time of one load."""
    start = time.perf_counter()
    load(path)
    return time.perf_counter() - start


def compare(title: str, path: Path) -> float:
    """Print and return the ratio of the best times, the two readers taking turns."""
    ours, theirs = [], []
    for _ in range(REPETITIONS):
        ours.append(seconds(read_dta, path))
        theirs.append(seconds(pd.read_stata, path))
    ratio = min(ours) / min(theirs)
    size = path.stat().st_size / 1e6
    print(
        f"{title:<24}{size:8.1f} MB  ours {min(ours):7.4f} s  pandas {min(theirs):7.4f} s  ratio {ratio:5.2f}"
    )
    return ratio


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--limit", type=float, default=None)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.dta"
        numeric_file(arguments.rows, path)
        ratio = compare("10 numeric columns", path)
        plain = [f"name{i}" for i in range(5000)]
        string_file(arguments.rows, path, 115, plain)
        compare("2 string columns", path)
        string_file(arguments.rows, path, 118, [*plain, "Zürich", "日本"])
        compare("2 string columns, UTF-8", path)
    return int(arguments.limit is not None and ratio > arguments.limit)


if __name__ == "__main__":
    sys.exit(main())
