"""Repeated measures of a trial (MMRM): our engine and glmmTMB on the same data.

A trial of two arms: mean for each arm and visit, a baseline covariate. Residuals are `unstructured` (every
variance and correlation free), the same `by` arm (a matrix for each), `banded` (covariances of visits more
than two apart are zero) or `toeplitz` (one variance, a correlation for each distance of visits).
With dropout a fifth of the subjects leave early, and one visit in twenty is missed besides.

Usage: python benchmarks/mmrm.py [--structures unstructured by banded toeplitz] [--visits 8 10]
                                 [--subjects 100] [--kinds complete dropout fev] [--method ml]
                                 [--peers glmmTMB] [--timeout 600] [--turns 1]

Times are those of the processor, which other work on the machine does not count into: the least of several
turns, in each of which both fit.
"""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from xmixed.engine import Fit, Model, Residuals, fit
from xmixed.engine.model import Method

HERE = Path(__file__).parent
STRUCTURES = ("unstructured", "by", "banded", "toeplitz")
BAND = 2
ENOUGH_SECONDS = 1.0
MOST_REPETITIONS = 10


@dataclass(frozen=True)
class Trial:
    """Rows of a trial: subject, visit (0, 1, ...), arm, baseline and outcome, (n,) each."""

    subject: np.ndarray
    visit: np.ndarray
    arm: np.ndarray
    base: np.ndarray
    y: np.ndarray


def trial(subjects: int, visits: int, dropout: bool) -> Trial:
    """Draw a trial; correlations fall from .9 with the distance of the visits."""
    generator = np.random.default_rng([subjects, visits, dropout])
    arm = np.arange(subjects) % 2
    base = generator.normal(size=subjects)
    lags = np.abs(np.subtract.outer(np.arange(visits), np.arange(visits)))
    sd = np.linspace(6.0, 12.0, visits)
    covariance = (0.4 + 0.6 * 0.85**lags) * np.outer(sd, sd)
    e = generator.normal(size=(subjects, visits)) @ np.linalg.cholesky(covariance).T
    y = 50.0 + 3.0 * base[:, None] + 0.5 * np.arange(visits) * (1 + arm[:, None]) + e
    kept = np.ones((subjects, visits), bool)
    if dropout:
        leaves = np.where(generator.random(subjects) < 0.2, generator.integers(1, visits, subjects), visits)
        kept = np.arange(visits) < leaves[:, None]
        kept &= generator.random((subjects, visits)) > 0.05
    subject, visit = np.nonzero(kept)
    return Trial(subject, visit, arm[subject], base[subject], y[kept])


def residuals_of(data: Trial, structure: str) -> Residuals:
    """What stands in `residuals()`."""
    subjects, visits, time = int(data.subject.max()) + 1, int(data.visit.max()) + 1, data.visit.astype(float)
    if structure == "by":
        return Residuals("unstructured", data.subject, subjects, time, visits, 0, data.arm, 2)
    if structure == "banded":
        return Residuals("banded", data.subject, subjects, time, visits, BAND)
    if structure == "toeplitz":
        return Residuals("toeplitz", data.subject, subjects, time, order=visits - 1)
    return Residuals("unstructured", data.subject, subjects, time, visits)


def model_of(data: Trial, structure: str, method: Method) -> Model:
    """The model with a mean for each arm and visit."""
    of_visit = [(data.visit == v).astype(float) for v in range(1, int(data.visit.max()) + 1)]
    interactions = [column * data.arm for column in of_visit]
    fixed = (*of_visit, data.arm.astype(float), *interactions, data.base, None)
    return Model(data.y, fixed, (), method, residuals_of(data, structure))


def ours(data: Trial, structure: str, method: Method) -> tuple[float, float]:
    """Seconds of the best of several fits, and the log likelihood."""
    model = model_of(data, structure, method)
    found: Fit = fit(model)
    times: list[float] = []
    while sum(times) < ENOUGH_SECONDS and len(times) < MOST_REPETITIONS:
        start = time.process_time()
        found = fit(model)
        times.append(time.process_time() - start)
    if found.optimization.return_code:
        print("engine: no maximum", file=sys.stderr)
    return min(times), found.log_likelihood


def glmmtmb(data: Trial, structure: str, method: Method, timeout: float) -> tuple[float, float]:
    """The same of one fit by glmmTMB; nan where it does not end or is not there."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trial.csv"
        with path.open("w", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(["subject", "visit", "arm", "base", "y"])
            rows.writerows(zip(data.subject, data.visit, data.arm, data.base, data.y, strict=True))
        command = ["Rscript", str(HERE / "mmrm.R"), str(path), structure, method]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=timeout, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            print(f"glmmTMB: {type(error).__name__}", file=sys.stderr)
            return float("nan"), float("nan")
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["log_likelihood"]


def main() -> None:
    """Print a table, a line for each trial."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--structures", choices=STRUCTURES, nargs="+", default=["unstructured"])
    parser.add_argument("--visits", type=int, nargs="*", default=[8, 10, 15, 20])
    parser.add_argument("--subjects", type=int, nargs="*", default=[100, 500])
    parser.add_argument("--kinds", nargs="*", default=["fev", "complete", "dropout"])
    parser.add_argument("--method", choices=["ml", "reml"], default="ml")
    parser.add_argument("--peers", nargs="*", default=["glmmTMB"])
    parser.add_argument("--timeout", type=float, default=600.0)
    parser.add_argument("--turns", type=int, default=1)
    asked = parser.parse_args()
    cells = [("fev", 200, 4)] if "fev" in asked.kinds else []
    kinds = [kind for kind in asked.kinds if kind != "fev"]
    cells += [(kind, n, v) for v in asked.visits for n in asked.subjects for kind in kinds]
    print("| trial | engine | glmmTMB | glmmTMB ÷ engine | log likelihood, ours less theirs |")
    print("|---|---:|---:|---:|---:|")
    for structure, (kind, subjects, visits) in product(asked.structures, cells):
        data = trial(subjects, visits, kind != "complete")
        own = peer = float("inf")
        likelihood = other = float("nan")
        for _ in range(asked.turns):
            seconds, likelihood = ours(data, structure, asked.method)
            own = min(own, seconds)
            if "glmmTMB" in asked.peers and not np.isnan(peer):
                seconds, other = glmmtmb(data, structure, asked.method, asked.timeout)
                peer = float(np.minimum(peer, seconds))
        line = f"| {structure}, {subjects} × {visits}, {kind} | {own:.3f} s |"
        if "glmmTMB" in asked.peers:
            line += f" {peer:.2f} s | {peer / own:.1f} | {likelihood - other:.1e} |"
        print(line, flush=True)


if __name__ == "__main__":
    main()
