"""What one does to data: our commands, pandas and polars on the same columns, in one run.

python benchmarks/data.py [ROWS] [--groups N] [--only WORD ...] [--repetitions N] [--memory]

Ours is the whole command in a `Session`; pandas and polars start from a frame that is there already, and do
what is the fastest among their usual ways. They take turns; the least processor time of each counts, that of
all threads together. Data are a value, so every turn starts from the same ones. With --memory the most that a
command takes is shown too, beside the data it starts from. polars is left out where it is not installed.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from xmixed.data.dataset import Dataset
from xmixed.data.files.dta.writer import write_dta
from xmixed.data.operations.append import append
from xmixed.interpreter.session import Session

try:
    import polars as pl
except ImportError:
    pl: Any = None

Frame = Any
Run = Callable[[Frame], object]


@dataclass(frozen=True)
class Task:
    """One row of the table.

    Attributes
    ----------
    name : str
    data : str
        Which data it starts from: `shuffled`, `sorted`, `long`, `wide`.
    ours : str or callable
        A command, or what is done to the dataset.
    pandas, polars : callable
        The same of a frame.
    """

    name: str
    data: str
    ours: str | Callable[[Dataset], object]
    pandas: Run
    polars: Run


def columns(rows: int, groups: int) -> dict[str, np.ndarray]:
    """Return five columns: groups in no order, a small category, an occasion, two numbers."""
    random = np.random.default_rng(20121)
    return {
        "id": random.integers(1, groups + 1, rows).astype(np.int32),
        "k": random.integers(0, 20, rows).astype(np.int8),
        "t": random.integers(1, 500, rows).astype(np.int16),
        "x": random.normal(size=rows),
        "y": random.normal(size=rows).astype(np.float32),
    }


def tasks(using: Path, table: Path, others: dict[str, Frame]) -> list[Task]:
    """Return the rows of the table; `others` holds the second frame of merge for pandas and polars."""

    def q25(p: Any) -> Any:
        return p.col("x").mean().alias("m"), p.col("y").median().alias("p"), p.col("x").std().alias("s")

    return [
        Task("sort", "shuffled", "sort id", lambda f: f.sort_values("id"), lambda f: f.sort("id")),
        Task(
            "sort, two keys",
            "shuffled",
            "sort id t",
            lambda f: f.sort_values(["id", "t"]),
            lambda f: f.sort("id", "t"),
        ),
        Task("sort, double", "shuffled", "sort x", lambda f: f.sort_values("x"), lambda f: f.sort("x")),
        Task(
            "by: gen x[_n-1]",
            "sorted",
            "by id: gen z = x[_n-1]",
            lambda f: f.assign(z=f.groupby("id")["x"].shift()),
            lambda f: f.with_columns(pl.col("x").shift().over("id").alias("z")),
        ),
        Task(
            "by: gen sum(x)",
            "sorted",
            "by id: gen double z = sum(x)",
            lambda f: f.assign(z=f.groupby("id")["x"].cumsum()),
            lambda f: f.with_columns(pl.col("x").cum_sum().over("id").alias("z")),
        ),
        *(
            Task(
                f"egen {name}()",
                "shuffled",
                f"egen z = {name}(x), by(id)",
                lambda f, name=name: f.assign(z=f.groupby("id")["x"].transform(name)),
                lambda f, name=name: f.with_columns(getattr(pl.col("x"), name)().over("id").alias("z")),
            )
            for name in ("mean", "median")
        ),
        Task(
            "egen mean(), sorted",
            "sorted",
            "by id: egen z = mean(x)",
            lambda f: f.assign(z=f.groupby("id")["x"].transform("mean")),
            lambda f: f.with_columns(pl.col("x").mean().over("id").alias("z")),
        ),
        Task(
            "egen group()",
            "shuffled",
            "egen z = group(id k)",
            lambda f: f.assign(z=f.groupby(["id", "k"]).ngroup()),
            lambda f: f.with_columns(pl.struct("id", "k").rank("dense").alias("z")),
        ),
        Task(
            "egen rank()",
            "shuffled",
            "egen z = rank(x)",
            lambda f: f.assign(z=f["x"].rank()),
            lambda f: f.with_columns(pl.col("x").rank().alias("z")),
        ),
        Task(
            "egen rank(), by",
            "shuffled",
            "egen z = rank(x), by(id)",
            lambda f: f.assign(z=f.groupby("id")["x"].rank()),
            lambda f: f.with_columns(pl.col("x").rank().over("id").alias("z")),
        ),
        Task(
            "collapse mean p50 sd",
            "shuffled",
            "collapse (mean) m=x (p50) p=y (sd) s=x, by(id)",
            lambda f: f.groupby("id").agg(m=("x", "mean"), p=("y", "median"), s=("x", "std")),
            lambda f: f.group_by("id").agg(q25(pl)).sort("id"),
        ),
        Task(
            "collapse mean",
            "shuffled",
            "collapse (mean) x y, by(id)",
            lambda f: f.groupby("id")[["x", "y"]].mean(),
            lambda f: f.group_by("id").agg(pl.col("x").mean(), pl.col("y").mean()).sort("id"),
        ),
        Task(
            "merge m:1",
            "shuffled",
            f"merge m:1 id using {using}",
            lambda f: f.merge(others["pandas"], on="id", how="left"),
            lambda f: f.join(others["polars"], on="id", how="left"),
        ),
        Task(
            "reshape wide",
            "long",
            "reshape wide v, i(id) j(t)",
            lambda f: f.pivot(index="id", columns="t", values="v"),
            lambda f: f.pivot(on="t", index="id", values="v"),
        ),
        Task(
            "reshape long",
            "wide",
            "reshape long v, i(id) j(t)",
            lambda f: pd.wide_to_long(f, "v", "id", "t").sort_index(),
            lambda f: f.unpivot(index="id", variable_name="t", value_name="v").sort("id", "t"),
        ),
        Task(
            "tabulate",
            "shuffled",
            "tabulate k",
            lambda f: f["k"].value_counts(sort=False).sort_index(),
            lambda f: f["k"].value_counts(),
        ),
        Task(
            "tabulate, two-way",
            "shuffled",
            "tabulate t k if t<=100",
            lambda f: f[f["t"] <= 100].groupby(["t", "k"]).size().unstack(fill_value=0),
            lambda f: f.filter(pl.col("t") <= 100).group_by("t", "k").len(),
        ),
        Task(
            "duplicates drop",
            "shuffled",
            "duplicates drop id t, force",
            lambda f: f.drop_duplicates(["id", "t"]),
            lambda f: f.unique(["id", "t"], keep="first", maintain_order=True),
        ),
        Task(
            "duplicates drop, all",
            "shuffled",
            "duplicates drop",
            lambda f: f.drop_duplicates(),
            lambda f: f.unique(keep="first", maintain_order=True),
        ),
        Task(
            "import delimited",
            "shuffled",
            f"import delimited {table}, clear",
            lambda f: pd.read_csv(table),
            lambda f: pl.read_csv(table),
        ),
        Task(
            "append",
            "shuffled",
            lambda d: append(d, d),
            lambda f: pd.concat([f, f], ignore_index=True),
            lambda f: pl.concat([f, f], rechunk=True),
        ),
    ]


def of_columns(values: dict[str, np.ndarray]) -> dict[str, Any]:
    """Return the same data for each participant."""
    frame = pd.DataFrame(values)
    session = Session()
    session.use(frame)
    made = {"ours": session.data, "pandas": frame}
    return made | ({"polars": pl.DataFrame(values)} if pl is not None else {})


def make(rows: int, groups: int) -> dict[str, dict[str, Any]]:
    """Return the data of all tasks by name and participant."""
    plain = columns(rows, groups)
    order = np.argsort(plain["id"], kind="stable")
    inside = {name: values[order] for name, values in plain.items()}
    small = max(min(rows, 1_000_000) // 10, 1)
    random = np.random.default_rng(7)
    ids = random.permutation(small).astype(np.int32)
    table = random.normal(size=(small, 10))
    wide = {"id": ids} | {f"v{place}": table[:, place].copy() for place in range(10)}
    mixed = random.permutation(small * 10)
    long = {
        "id": np.repeat(ids, 10)[mixed],
        "t": np.tile(np.arange(10, dtype=np.int16), small)[mixed],
        "v": table.reshape(-1)[mixed],
    }
    made = {"shuffled": plain, "sorted": inside, "wide": wide, "long": long}
    found = {name: of_columns(values) for name, values in made.items()}
    found["sorted"]["ours"] = found["sorted"]["ours"].with_(sorted_by=("id",))
    return found


def second_file(groups: int, path: Path) -> dict[str, Any]:
    """Write the file that merge reads, and return it as frames."""
    values = {
        "id": np.arange(1, groups + 1, dtype=np.int32),
        "w": np.random.default_rng(3).normal(size=groups),
    }
    made = of_columns(values)
    write_dta(made["ours"], path, replace=True)
    return made


def runs_of(task: Task, data: dict[str, Any], session: Session) -> dict[str, Callable[[], object]]:
    """Return one turn of each participant."""
    own = data["ours"]

    def ours() -> object:
        if not isinstance(task.ours, str):
            return task.ours(own)
        session.data = own
        session.run(f"quietly {task.ours}")
        done, session.data = session.data, own
        return done

    found: dict[str, Callable[[], object]] = {"ours": ours, "pandas": lambda: task.pandas(data["pandas"])}
    if "polars" in data:
        found["polars"] = lambda: task.polars(data["polars"])
    return found


def seconds(runs: dict[str, Callable[[], object]], repetitions: int) -> dict[str, float]:
    """Return the best time of each participant; they take turns."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(repetitions):
        for name, run in runs.items():
            start = time.process_time()
            run()
            best[name] = min(best[name], time.process_time() - start)
    return best


def most_memory(run: Callable[[], object]) -> int:
    """Return the most bytes that a turn takes beyond what is there; the result counts too."""
    tracemalloc.start()
    kept = run()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return peak


def size_of(data: Dataset) -> int:
    """Return the bytes of the columns."""
    return sum(variable.values.nbytes for variable in data)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Our commands on data, pandas and polars in one run.")
    parser.add_argument("rows", type=lambda text: int(float(text)), nargs="?", default=10_000_000)
    parser.add_argument("--groups", type=int, default=100_000)
    parser.add_argument("--only", nargs="*", default=())
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--memory", action="store_true")
    asked = parser.parse_args()
    data = make(asked.rows, min(asked.groups, asked.rows))
    session = Session()
    print(f"{'':<22}{'ours':>9}{'pandas':>9}{'polars':>9}{'/pandas':>9}{'/polars':>9}{'memory':>9}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "second.dta"
        others = second_file(min(asked.groups, asked.rows), path)
        table = Path(folder) / "table.csv"
        if not asked.only or any(word in "import delimited" for word in asked.only):
            data["shuffled"]["pandas"].to_csv(table, index=False)
        for task in tasks(path, table, others):
            if asked.only and not any(word in task.name for word in asked.only):
                continue
            runs = runs_of(task, data[task.data], session)
            best = seconds(runs, asked.repetitions)
            other = best.get("polars", float("nan"))
            line = f"{task.name:<22}{best['ours']:9.3f}{best['pandas']:9.3f}{other:9.3f}"
            line += f"{best['ours'] / best['pandas']:9.2f}{best['ours'] / other:9.2f}"
            if asked.memory:
                line += f"{most_memory(runs['ours']) / size_of(data[task.data]['ours']):8.1f}x"
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
