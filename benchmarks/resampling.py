"""Replications of a mixed model against lme4 on resamples of its own, and against the command run again.

python benchmarks/resampling.py [--reps 1000] [--lme4 100] [--rows 1000000] [--large 10]
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from xmixed.interpreter.session import Session

SCRIPT = Path(__file__).with_name("resampling.R")
SMALL = "xtmixed reaction days || {}: days"
LARGE = "xtmixed y x || {}: x"


def seconds(session: Session, command: str) -> float:
    start = time.perf_counter()
    session.run(command)
    return time.perf_counter() - start


def resampled(session: Session, command: str, cluster: str, reps: int) -> float:
    """Return how long the cluster bootstrap of a command takes, observed fit included."""
    prefix = f"quietly bootstrap, reps({reps}) seed(1) cluster({cluster}) idcluster(drawn_)"
    return seconds(session, f"{prefix}: {command.format('drawn_')}")


def lme4(frame: pd.DataFrame, formula: str, cluster: str, reps: int) -> float:
    """Return the seconds of a replication with lme4: clusters drawn, a fit by ML; on all cores."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "data.csv"
        frame.to_csv(file, index=False)
        cores = str(len(os.sched_getaffinity(0)))
        given = ["Rscript", str(SCRIPT), str(file), formula, cluster, str(reps), cores]
        found = subprocess.run(given, capture_output=True, text=True, check=True)
    return float(found.stdout.split()[-1]) / reps


def large_data(rows: int) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    groups = rows // 20
    group = rng.integers(0, groups, rows)
    x = rng.normal(size=rows)
    effects = rng.normal(size=(groups, 2)) * [1.0, 0.5]
    y = 1 + x + effects[group, 0] + effects[group, 1] * x + rng.normal(size=rows)
    return pd.DataFrame({"y": y, "x": x, "g": group})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reps", type=int, default=1000)
    parser.add_argument("--lme4", type=int, default=100, help="replications that lme4 makes; 0: none")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", type=int, default=10, help="replications on these rows; 0: none")
    given = parser.parse_args()
    session = Session()
    session.run("sysuse sleepstudy")
    session.run("quietly bootstrap, reps(4) cluster(subject) idcluster(s): " + SMALL.format("s"))
    for _ in range(3):
        own = resampled(session, SMALL, "subject", given.reps)
        print(
            f"sleepstudy, {given.reps} replications: {own:.2f} s, {1e3 * own / given.reps:.2f} ms each",
            end="",
        )
        if given.lme4 and shutil.which("Rscript"):
            formula = "reaction ~ days + (days || subject)"
            other = lme4(session.data.to_pandas(), formula, "subject", given.lme4)
            print(f"; lme4 {1e3 * other:.1f} ms each, {other * given.reps / own:.1f} times as long", end="")
        print()
    if not given.large:
        return
    session = Session()
    session.use(large_data(given.rows))
    command = LARGE.format("g")
    session.run(f"quietly {command} in 1/1000")
    for _ in range(2):
        once = seconds(session, f"quietly {command}")
        own = resampled(session, LARGE, "g", given.large)
        share = own / (given.large * once)
        print(f"{given.rows} rows: one command {once:.2f} s, {given.large} replications {own:.2f} s", end="")
        print(f", {share:.2f} of as many commands")


if __name__ == "__main__":
    main()
