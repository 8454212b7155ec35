"""Peak memory of the whole command, and the command layer's share of its time.

The promise: the peak resident size during `xtmixed y x1 || g: x1, covariance(unstructured)` minus the
resident size before it is at most three times 8 bytes x rows x columns named.

Usage:
    python benchmarks/memory.py [--rows 2000000] [--per-group 20] [--storage double|float] [--missing]
        [--weighted]
prints one line of JSON.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from participants import reset_peak
from problems import two_level

from xmixed import Session

COMMAND = "xtmixed y x1{} || g: x1, covariance(unstructured){}"
COMMANDS = {False: COMMAND.format("", ""), True: COMMAND.format(" [pw=w]", " pweight(v)")}
"""The command without and with sampling weights, and a robust variance with them."""
NAMED = {False: ("y", "x1", "g"), True: ("y", "x1", "g", "w", "v")}
"""The columns that the command names; a column named twice counts once."""
SMALL = 2_000


def peak() -> int:
    """Return the peak resident size in bytes (Linux)."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])


def write(folder: Path, rows: int, per_group: int) -> None:
    """Write the columns to files; in a process of its own, whose memory goes with it."""
    columns = two_level(rows, max(1, rows // per_group), 1)
    random = np.random.default_rng(2)
    columns["w"] = random.uniform(0.5, 2.0, rows)
    columns["v"] = random.uniform(0.5, 2.0, int(columns["g"].max()))[columns["g"] - 1]
    for name in NAMED[True]:
        np.save(folder / f"{name}.npy", columns[name])


def session_with(
    folder: Path, storage: str, missing: bool, weighted: bool, rows: int | None = None
) -> Session:
    """Return a session that holds the columns (or their first rows), and only them."""
    from xmixed.data.dataset import DTYPES, Dataset, Variable, default_format
    from xmixed.missing import FLOAT_MISSING, MISSING

    session = Session()
    variables = []
    for name in NAMED[weighted]:
        kind = "long" if name == "g" else storage
        values = np.load(folder / f"{name}.npy")[:rows].astype(DTYPES[kind])
        if missing and name == "x1":
            values[::10] = FLOAT_MISSING if storage == "float" else MISSING
        variables.append(Variable(name, kind, values, default_format(kind)))
    session.data = Dataset(tuple(variables), len(variables[0].values))
    return session


def seconds_of(session: Session, command: str) -> dict[str, float]:
    """Return seconds until the engine's model is known (sample, codes, design), of the fit, and of all."""
    from xmixed import engine
    from xmixed.estimation.mixed import fit as mixed_fit

    seconds: dict[str, float] = {}
    fit, run = engine.fit, mixed_fit.run
    began = time.perf_counter()

    def timed_run(*arguments: Any, **named: Any) -> Any:
        seconds["specification"] = time.perf_counter() - began
        return run(*arguments, **named)

    def timed_fit(*arguments: Any, **named: Any) -> Any:
        start = time.perf_counter()
        fitted = fit(*arguments, **named)
        seconds["engine"] = time.perf_counter() - start
        return fitted

    engine.fit, mixed_fit.run = timed_fit, timed_run
    try:
        session.run(command)
    finally:
        engine.fit, mixed_fit.run = fit, run
    seconds["command"] = time.perf_counter() - began
    return seconds


def measure(folder: Path, storage: str, missing: bool, weighted: bool) -> dict[str, Any]:
    """Return bytes, their multiple of the columns named, and seconds by layer."""
    command, columns = COMMANDS[weighted], len(NAMED[weighted])
    session_with(folder, storage, missing, weighted, SMALL).run(command)
    session = session_with(folder, storage, missing, weighted)
    rows = session.data.n_obs
    gc.collect()
    before = reset_peak()
    seconds = seconds_of(session, command)
    report: dict[str, Any] = {"rows": rows, "columns": columns, "storage": storage, "missing": missing}
    if before is not None:
        used = peak() - before
        report |= {"bytes": used, "multiple": round(used / (8 * rows * columns), 2)}
    return report | {name: round(value, 3) for name, value in seconds.items()}


def main() -> None:
    """Make the data in a child process, then measure in this one."""
    parser = argparse.ArgumentParser(description="Peak memory of the whole xtmixed command.")
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--per-group", type=int, default=20)
    parser.add_argument("--storage", choices=("double", "float"), default="double")
    parser.add_argument("--missing", action="store_true", help="every tenth x1 is missing")
    parser.add_argument("--weighted", action="store_true", help="sampling weights, robust variance")
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.write:
        write(arguments.write, arguments.rows, arguments.per_group)
        return
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, *sys.argv, "--write", folder], check=True)
        print(json.dumps(measure(Path(folder), arguments.storage, arguments.missing, arguments.weighted)))


if __name__ == "__main__":
    main()
