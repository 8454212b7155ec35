"""Mixed models and regressions on data that stay in Parquet files: time, peak memory and cost per row.

Data are made once for every size: 20 rows a group, or as many as asked for, in shuffled order, three
covariates, an intercept and a slope that vary by group. Every run is a process of its own, as a user's would
be, and its peak memory is that of the whole process, the database included. Cost per row is processor time,
of all threads.

With `--balanced` all groups have the same covariates but for a treatment, and are swept as a few; with
`--unshared` every group is swept by itself all the same.

Usage: python benchmarks/scale.py [--rows N ...] [--rows-of-group N] [--folder DIR] [--memory 2g]
       [--repetitions K] [--commands NAME ...] [--balanced] [--unshared]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROWS_OF_GROUP = 20
ROWS_OF_FILE = 25_000_000
PRIME = 1_000_003
"""Rows of a group are as far apart as a prime makes them."""

COMMANDS = {
    "regress": "regress y x1 x2 x3",
    "intercept": "xtmixed y x1 x2 x3 || id:, nolog",
    "slope": "xtmixed y x1 x2 x3 || id: x1, covariance(unstructured) reml nolog",
}

_SESSION = """
import json, resource, sys, time
from xmixed.interpreter.session import Session
if sys.argv[4] == "unshared":
    import xmixed.engine.sweeps.alike
    xmixed.engine.sweeps.alike.condensed_problem = lambda problem: None
start = time.perf_counter()
session = Session()
session.run("set max_memory " + sys.argv[2])
session.run(f'use "{sys.argv[1]}", engine(duckdb)')
session.run(sys.argv[3])
seconds = time.perf_counter() - start
e = session.e
b = e.matrices["b"].values[0].tolist()
used = resource.getrusage(resource.RUSAGE_SELF)
peak, processor = used.ru_maxrss, used.ru_utime + used.ru_stime
ll = e.scalars["ll"]
found = {"seconds": seconds, "processor": processor, "megabytes": peak / 1024, "ll": ll, "b": b}
print(json.dumps(found))
"""


def normal(first: str, second: str) -> str:
    """Return SQL for a standard normal of two uniforms (Box and Muller)."""
    return f"sqrt(-2 * ln(1 - {first})) * cos(2 * pi() * {second})"


def hashed(what: str) -> str:
    """Return SQL for a uniform that depends on a value alone."""
    return f"((hash({what}) % 1073741824)::double / 1073741824)"


def covariates(balanced: bool, groups: int) -> str:
    """Return SQL for x1, x2 and x3 of the row `i`; balanced, occasion, treatment and their product."""
    if balanced:
        time = f"(i // {groups})::DOUBLE"
        treated = f"((i * {PRIME}) % {groups} % 2)::DOUBLE"
        return f"50 + 0.5 * {time} AS x1, {treated} AS x2, {treated} * {time} AS x3"
    return f"50 + 2 * {normal('random()', 'random()')} AS x1, random() AS x2, (random() < 0.4)::DOUBLE AS x3"


def make(folder: Path, rows: int, rows_of_group: int = ROWS_OF_GROUP, balanced: bool = False) -> Path:
    """Write so many rows into Parquet files, unless they are there, and return their pattern."""
    import duckdb

    place = folder / f"rows_{rows}_{rows_of_group}{'_balanced' * balanced}"
    if (place / "done").exists():
        return place / "*.parquet"
    place.mkdir(parents=True, exist_ok=True)
    groups = rows // rows_of_group
    u0 = normal(hashed("id"), hashed("id + 7919.5"))
    u1 = normal(hashed("id + 0.25"), hashed("id + 104729.75"))
    with duckdb.connect() as connection:
        connection.execute("SELECT setseed(0.5)")
        for first in range(0, rows, ROWS_OF_FILE):
            last = min(rows, first + ROWS_OF_FILE)
            connection.execute(
                f"""COPY (
                    SELECT id, x1, x2, x3,
                        1 + 0.5 * x1 - 0.3 * x2 + 0.2 * x3 + {u0} + (0.4 * {u0} + 0.3 * {u1}) * (x1 - 50)
                        + 1.5 * {normal("random()", "random()")} AS y
                    FROM (
                        SELECT ((i * {PRIME}) % {groups})::INTEGER AS id, {covariates(balanced, groups)}
                        FROM range({first}, {last}) AS r(i)
                    )
                ) TO '{place}/part{first:012d}.parquet' (FORMAT parquet, COMPRESSION zstd)"""
            )
    (place / "done").touch()
    return place / "*.parquet"


def run(pattern: Path, memory: str, command: str, folder: Path, way: str) -> dict[str, Any]:
    """Run a command in a process of its own."""
    variables = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "TMPDIR": str(folder)}
    arguments = [sys.executable, "-W", "ignore", "-c", _SESSION, str(pattern), memory, command, way]
    done = subprocess.run(arguments, env=variables, capture_output=True, text=True)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr else "no message"}
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument(
        "--rows", nargs="+", type=lambda text: int(float(text)), default=[1_000_000, 10_000_000]
    )
    parser.add_argument("--rows-of-group", type=int, default=ROWS_OF_GROUP)
    parser.add_argument("--folder", type=Path, default=None, help="where the data are kept")
    parser.add_argument("--memory", default="1g", help="what the database may use (set max_memory)")
    parser.add_argument("--commands", nargs="+", choices=COMMANDS, default=list(COMMANDS))
    parser.add_argument("--repetitions", type=int, default=1)
    parser.add_argument("--balanced", action="store_true", help="groups have the same covariates")
    parser.add_argument("--unshared", action="store_true", help="every group is swept by itself")
    options = parser.parse_args()
    way = "unshared" if options.unshared else "shared"
    folder = options.folder or Path(tempfile.mkdtemp(prefix="scale"))
    print(f"{'rows':>13} {'command':<10} {'seconds':>9} {'processor':>9} {'ns/row':>8} {'MB':>8} {'load':>6}")
    for rows in options.rows:
        pattern = make(folder, rows, options.rows_of_group, options.balanced)
        for name in options.commands:
            for _ in range(options.repetitions):
                load = os.getloadavg()[0]
                found = run(pattern, options.memory, COMMANDS[name], folder, way)
                if "failed" in found:
                    print(f"{rows:13d} {name:<10} {found['failed']}")
                    continue
                seconds, megabytes = found["seconds"], found["megabytes"]
                processor = found["processor"]
                times = f"{seconds:9.1f} {processor:9.1f} {processor / rows * 1e9:8.0f}"
                print(f"{rows:13d} {name:<10} {times} {megabytes:8.0f} {load:6.1f}", flush=True)
    if options.folder is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    start = time.perf_counter()
    main()
    print(f"{time.perf_counter() - start:.0f} s in all")
