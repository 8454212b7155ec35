"""What weights and a robust variance add to the time of a fit, for the engine and for the whole command.

The model is `xtmixed y x1 ... x5 || g: x1, covariance(unstructured)`; weights are those of observations and
of groups. The three fits take turns, and the best time of each counts.

Usage: python benchmarks/weighted.py [--rows 1000000] [--groups 50000] [--repetitions 5]
prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from problems import COVARIATES, Columns, two_level

COMMAND = "xtmixed y x1 x2 x3 x4 x5{} || g: x1, covariance(unstructured){}"
COMMANDS = {
    "unweighted": COMMAND.format("", ""),
    "weighted": COMMAND.format(" [fw=f]", " fweight(h)"),
    "robust": COMMAND.format(" [pw=w]", " pweight(v)"),
}
"""Frequency weights have the usual variance, sampling weights the robust one."""


def weighted_columns(rows: int, groups: int) -> Columns:
    """Return the benchmark's columns with weights of observations (f, w) and of groups (h, v)."""
    random = np.random.default_rng(11)
    data = two_level(rows, groups, 102)
    place = data["g"] - 1
    return data | {
        "w": random.uniform(0.5, 2.0, rows),
        "v": random.uniform(0.5, 2.0, groups)[place],
        "f": random.integers(1, 4, rows).astype(np.float64),
        "h": random.integers(1, 4, groups).astype(np.float64)[place],
    }


def engine_fits(data: Columns) -> dict[str, Callable[[], Any]]:
    """Return the three fits on arrays; grouping variables are codes already."""
    from xmixed.engine import Level, Model, Options, RandomEffects, fit

    codes = data["g"].astype(np.intp) - 1
    groups = int(codes.max()) + 1
    own = np.empty(groups)
    own[codes] = data["v"]
    fixed = (*(data[name] for name in COVARIATES), None)
    effects = (RandomEffects((data["x1"], None), "unstructured"),)
    plain = Model(data["y"], fixed, (Level(codes, groups, effects),))
    level = Level(codes, groups, effects, weights=own)
    weighted = Model(data["y"], fixed, (level,), weights=data["w"])
    return {
        "unweighted": lambda: fit(plain),
        "weighted": lambda: fit(weighted),
        "robust": lambda: fit(weighted, Options(clusters=(codes, groups))),
    }


def command_fits(data: Columns) -> dict[str, Callable[[], Any]]:
    """Return the three commands on data in memory."""
    from xmixed import Session
    from xmixed.data.dataset import Dataset, Variable, default_format

    session = Session()
    variables = []
    for name, values in data.items():
        kind = "long" if name == "g" else "double"
        variables.append(Variable(name, kind, values, default_format(kind)))
    session.data = Dataset(tuple(variables), len(data["y"]))
    return {name: lambda text=text: session.run(text) for name, text in COMMANDS.items()}


def best_times(fits: dict[str, Callable[[], Any]], repetitions: int) -> dict[str, float]:
    """Let the fits take turns; return the best elapsed time of each."""
    best = dict.fromkeys(fits, float("inf"))
    for _ in range(repetitions):
        for name, run in fits.items():
            start = time.perf_counter()
            run()
            best[name] = min(best[name], time.perf_counter() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--groups", type=int, default=50_000)
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()
    data = weighted_columns(options.rows, options.groups)
    result: dict[str, Any] = {"rows": options.rows, "groups": options.groups}
    for kind, fits in (("engine", engine_fits(data)), ("command", command_fits(data))):
        times = best_times(fits, options.repetitions)
        result[kind] = {name: round(seconds, 4) for name, seconds in times.items()}
        result[f"{kind} ratios"] = {
            name: round(seconds / times["unweighted"], 2) for name, seconds in times.items()
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
