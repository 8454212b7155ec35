"""Read the NIST Statistical Reference Datasets for analysis of variance in `references/nist`."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

FOLDER = Path(__file__).parent / "references" / "nist"
NAMES = ("SiRstv", "AtmWtAg", *(f"SmLs0{i}" for i in range(1, 10)))

NUMBER = r"([-+]?\d\.?\d*E[-+]\d+)"
CERTIFIED = (
    (
        rf"^Between \w+\s+(\d+)\s+{NUMBER}\s+{NUMBER}\s+{NUMBER}",
        ("between_df", "between_ss", "between_ms", "f"),
    ),
    (rf"^Within \w+\s+(\d+)\s+{NUMBER}\s+{NUMBER}", ("within_df", "within_ss", "within_ms")),
    (rf"Certified R-Squared\s+{NUMBER}", ("r2",)),
    (rf"Standard Deviation\s+{NUMBER}", ("residual_sd",)),
)


def text(name: str) -> str:
    """The file of one set as NIST publishes it."""
    plain = FOLDER / f"{name}.dat"
    if plain.exists():
        return plain.read_text()
    return gzip.decompress(plain.with_suffix(".dat.gz").read_bytes()).decode()


def load(name: str) -> tuple[list[int], list[float], dict[str, float]]:
    """Treatment codes, responses, and certified values.

    The values: `between_` and `within_` each with `df`, `ss`, `ms`; `f`, `r2`, `residual_sd`.
    """
    lines = text(name).splitlines()
    head = "\n".join(lines)
    certified: dict[str, float] = {}
    for pattern, keys in CERTIFIED:
        found = re.search(pattern, head, re.MULTILINE)
        if found is None:
            raise ValueError(f"{name}: no match for {pattern}")
        certified |= dict(zip(keys, map(float, found.groups()), strict=True))
    starts = [i for i, line in enumerate(lines) if line.startswith("Data:")]
    rows = [line.split() for line in lines[starts[-1] + 1 :] if line.strip()]
    return [int(row[0]) for row in rows], [float(row[1]) for row in rows], certified
