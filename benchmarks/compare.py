"""Our engine and the peers on the same problems, in one run.

Every participant runs in a process of its own, the participants take turns, and the best time of all turns
counts. Printed are the ratio of the best times to that of our engine, the peak memory against the bytes of
the columns that the model names, and the difference of the log likelihood from that of the first participant.

Usage: python benchmarks/compare.py [--problems NAME ...] [--peers NAME ...] [--repetitions K]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from participants import OURS
from problems import PROBLEMS, Problem, read, write

HERE = Path(__file__).parent
PEERS = ("lme4", "nlme", "mixedlm", "mixedlm-rs", "gpboost", "statsmodels")
LME4_LARGEST = 5_000_000
"""Rows from which lme4 takes minutes and many gigabytes; it is then left out."""
SLOW_SECONDS = 15.0
"""A participant that takes longer than this has one turn only."""

Result = dict[str, Any]


def environment(threads: int) -> dict[str, str]:
    """Return the environment of the participants: BLAS held to so many threads."""
    result = dict(os.environ)
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        result[name] = str(threads)
    return result


def invocation(participant: str, name: str, place: Path, method: str) -> list[str]:
    """Return the command line that runs a participant on a problem."""
    problem = PROBLEMS[name]
    if participant == "lme4":
        lists = [",".join(problem.columns), ",".join(problem.groups)]
        return ["Rscript", str(HERE / "lme4.R"), str(place), method, problem.formula, *lists]
    if participant == "nlme":
        return ["Rscript", str(HERE / "nlme.R"), str(place), method, *nlme_model(problem)]
    return [sys.executable, str(HERE / "participants.py"), participant, name, str(place), method]


def nlme_model(problem: Problem) -> list[str]:
    """Return a problem with structured residuals as nlme.R takes it."""
    term = problem.residuals
    assert term is not None
    fixed = f"{problem.outcome} ~ {' + '.join(problem.fixed)}"
    random = f"~ 1 | {problem.random[0].group}" if problem.random else "NULL"
    lists = [",".join(problem.columns), ",".join(problem.groups)]
    return [fixed, random, term.correlation, term.weights, *lists]


def refusal(participant: str, problem: Problem, rows: int) -> str | None:
    """Return why a peer that runs in R is not asked to fit a problem."""
    if participant == "nlme" and problem.residuals is None:
        return "residual structures only"
    if participant == "lme4" and problem.residuals is not None:
        return "no residual structures"
    if participant == "lme4" and rows >= LME4_LARGEST:
        return "takes minutes"
    return None


def turn(arguments: list[str], variables: dict[str, str], timeout: float) -> Result:
    """Run a participant once; what went wrong is `skipped`."""
    try:
        done = subprocess.run(arguments, env=variables, capture_output=True, text=True, timeout=timeout)
    except FileNotFoundError:
        return {"skipped": "not installed"}
    except subprocess.TimeoutExpired:
        return {"skipped": f"not in {timeout:.0f} s"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        last = (done.stderr.strip().splitlines() or ["no output"])[-1]
        return {"skipped": f"failed: {last}"[:120]}
    return json.loads(lines[-1])


def better(old: Result | None, new: Result) -> Result:
    """Join the results of two turns: smallest times, the memory of the first."""
    if old is None or "skipped" in new:
        return new
    times = {name: min(old[name], new[name]) for name in ("seconds", "cpu_seconds")}
    return {**old, **times}


def run_problem(name: str, place: Path, rows: int, options: argparse.Namespace) -> dict[str, Result]:
    """Let the participants take turns on one problem."""
    results: dict[str, Result] = {}
    variables = environment(options.threads)
    for _ in range(options.repetitions):
        for participant in (*OURS, *options.peers):
            old = results.get(participant)
            if old is not None and ("skipped" in old or old["seconds"] > SLOW_SECONDS):
                continue
            reason = refusal(participant, PROBLEMS[name], rows)
            if reason is not None:
                results[participant] = {"skipped": reason}
                continue
            arguments = invocation(participant, name, place, options.method)
            results[participant] = better(old, turn(arguments, variables, options.timeout))
    return results


def table(problem: Problem, rows: int, results: dict[str, Result]) -> list[str]:
    """Return the results of a problem as lines of a Markdown table."""
    bytes_named = 8 * rows * len(problem.columns)
    reference = next((found for found in results.values() if "seconds" in found), {})
    header = (
        "participant",
        "seconds",
        "÷ engine",
        "CPU s",
        "÷ engine",
        "peak MB",
        "÷ columns",
        "log lik.",
        "− first",
    )
    body = [header]
    ours = results["engine"]
    for participant, found in results.items():
        if "skipped" in found:
            body.append((participant, found["skipped"], *[""] * 7))
            continue
        times = [
            text
            for unit in ("seconds", "cpu_seconds")
            for text in (f"{found[unit]:.4f}", f"{found[unit] / ours[unit]:.2f}" if unit in ours else "")
        ]
        memory = (f"{found['memory'] / 1e6:.1f}", f"{found['memory'] / bytes_named:.1f}")
        likelihood = found["log_likelihood"]
        body.append(
            (
                participant,
                *times,
                *(memory if found["memory"] is not None else ("", "")),
                f"{likelihood:.4f}",
                f"{likelihood - reference['log_likelihood']:+.1e}",
            )
        )
    widths = [max(len(line[i]) for line in body) for i in range(len(header))]
    body.insert(1, tuple("-" * width for width in widths))
    return ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in body]


def compare(options: argparse.Namespace, folder: Path) -> None:
    """Run and print every problem."""
    print(f"{options.method}, BLAS threads {options.threads}, best of {options.repetitions} turns")
    for name in options.problems:
        problem = PROBLEMS[name]
        place = write(name, folder)
        rows = len(read(name, place)[problem.outcome])
        print(f"\n{name}: {rows:,} rows, {problem.title}", flush=True)
        results = run_problem(name, place, rows, options)
        print("\n".join(table(problem, rows, results)), flush=True)


def main() -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description="Our engine and the peers on the same problems, in one run.")
    everyday = [name for name, problem in PROBLEMS.items() if not problem.large]
    parser.add_argument("--problems", nargs="+", choices=PROBLEMS, default=everyday, metavar="NAME")
    parser.add_argument("--peers", nargs="*", choices=PEERS, default=PEERS, metavar="NAME")
    parser.add_argument("--repetitions", type=int, default=3, metavar="K", help="turns of each participant")
    parser.add_argument("--method", choices=("ml", "reml"), default="ml")
    parser.add_argument("--threads", type=int, default=1, help="BLAS threads")
    parser.add_argument("--timeout", type=float, default=180.0, help="seconds that one turn may take")
    parser.add_argument(
        "--folder",
        type=Path,
        default=os.environ.get("XMIXED_BENCHMARKS"),
        help="where the data of problems are kept (or $XMIXED_BENCHMARKS; default: a temporary folder)",
    )
    options = parser.parse_args()
    if options.folder is not None:
        compare(options, Path(options.folder))
    else:
        with tempfile.TemporaryDirectory() as folder:
            compare(options, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
