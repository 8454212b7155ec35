"""Cost per row of fits by reference, drawn from the table of docs/performance.md.

Usage: python benchmarks/scale_plot.py [--to docs/scale_cost.svg]
"""

from __future__ import annotations

import argparse
from pathlib import Path

PERFORMANCE = Path(__file__).parents[1] / "docs" / "performance.md"
HEADING = "| command | rows | groups | processor | ns a row | before |"


def figures(text: str) -> list[tuple[float, float, float | None]]:
    """Return rows, nanoseconds of processor time a row, and those before, of the table's lines."""
    found = []
    for line in text[text.index(HEADING) :].splitlines()[2:]:
        if not line.startswith("|"):
            break
        cells = [cell.strip().replace(",", "") for cell in line.strip("|").split("|")]
        found.append((float(cells[1]), float(cells[4]), float(cells[5]) if cells[5] else None))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--to", type=Path, default=PERFORMANCE.with_name("scale_cost.svg"))
    options = parser.parse_args()
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "xmixed"  # the same picture every time
    import matplotlib.pyplot as plt

    rows, costs, before = zip(*figures(PERFORMANCE.read_text(encoding="utf-8")), strict=True)
    known = [(n, cost) for n, cost in zip(rows, before, strict=True) if cost is not None]
    figure, axes = plt.subplots(figsize=(6, 3.6))
    axes.plot(*zip(*known, strict=True), "o--", color="0.6", label="sums by group in DuckDB")
    axes.plot(rows, costs, "o-", color="C0", label="rows stream by")
    axes.set(xscale="log", yscale="log", xlabel="rows", ylabel="processor time a row, ns")
    axes.set_title("Random slope, REML, by reference")
    axes.set_ylim(100, 5000)
    axes.grid(alpha=0.3)
    axes.legend()
    figure.tight_layout()
    figure.savefig(options.to, metadata={"Date": None})


if __name__ == "__main__":
    main()
