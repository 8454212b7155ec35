"""How long `regress` takes beside numpy's normal equations, and the memory beside that of its columns.

Both in turn, processor time; BLAS on one thread says more (OPENBLAS_NUM_THREADS=1).

python benchmarks/regress.py [ROWS] [COLUMNS]
"""

from __future__ import annotations

import sys
import time
import tracemalloc
from collections.abc import Callable

import numpy as np
import pandas as pd

from xmixed.interpreter.session import Session

REPETITIONS = 3


def seconds(run: Callable[[], object]) -> float:
    """Return the processor time of a run."""
    start = time.process_time()
    run()
    return time.process_time() - start


def largest(run: Callable[[], object]) -> float:
    """Return the most memory that a run takes beyond what is there, in GB."""
    tracemalloc.start()
    run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e9


def main() -> None:
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10_000_000
    columns = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    rng = np.random.default_rng(0)
    data = {f"x{place}": rng.normal(size=rows) for place in range(columns)}
    data["y"] = sum(data.values()) + rng.normal(size=rows)
    session = Session()
    session.use(pd.DataFrame(data, copy=False))
    del data
    session.run("quietly regress y x0 in 1/100")
    size = 8e-9 * rows * (columns + 1)
    more = largest(lambda: session.run(f"quietly regress y x0-x{columns - 1}"))
    names = [f"x{place}" for place in range(columns)]
    X = np.column_stack([*(session.data[name].values for name in names), np.ones(rows)])
    y = session.data["y"].values
    command = f"quietly regress y x0-x{columns - 1}"
    turns = [
        (seconds(lambda: session.run(command)), seconds(lambda: np.linalg.solve(X.T @ X, X.T @ y)))
        for _ in range(REPETITIONS)
    ]
    own, other = (min(times) for times in zip(*turns, strict=True))
    print(f"{rows} x {columns}: regress {own:.2f} s, numpy {other:.2f} s, ratio {own / other:.2f}")
    print(f"columns {size:.2f} GB, more memory while it runs {more:.2f} GB")


if __name__ == "__main__":
    main()
