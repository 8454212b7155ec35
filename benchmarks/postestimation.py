"""How long what follows a fit takes beside the fit: predictions of xtmixed, margins at many points.

Each statistic is asked for as the first after a fit, again, and after `estimates restore`, in turns.

python benchmarks/postestimation.py [ROWS] [GROUPS] [--turns N]
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import pandas as pd

from xmixed.interpreter.session import Session

STATISTICS = (
    ("xb", "predict double {}, xb"),
    ("stdp", "predict double {}, stdp"),
    ("fitted", "predict double {}, fitted"),
    ("residuals", "predict double {}, residuals"),
    ("rstandard", "predict double {}, rstandard"),
    ("reffects", "predict double {}1 {}2, reffects"),
    ("reses", "predict double {}1 {}2, reses"),
    ("scores", "predict double {}*, scores"),
)
FIT = "quietly xtmixed y x i.z || g: x, covariance(unstructured)"
AT = "margins, at(x=(-2(.21)2))"
"""Twenty points."""


def data(rows: int, groups: int) -> pd.DataFrame:
    """Return rows in random order of groups with an intercept and a slope each."""
    rng = np.random.default_rng(1)
    group = rng.integers(0, groups, rows)
    x = rng.normal(size=rows)
    z = rng.integers(0, 3, rows)
    effects = rng.normal(size=(groups, 2)) * [1.0, 0.5]
    y = 1 + x + 0.3 * z + effects[group, 0] + effects[group, 1] * x + rng.normal(size=rows)
    return pd.DataFrame({"y": y, "x": x, "z": z, "g": group})


def seconds(session: Session, command: str) -> float:
    """Processor time: other work on the machine counts less."""
    start = time.process_time()
    session.run(command)
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="?", type=float, default=1e6)
    parser.add_argument("groups", nargs="?", type=float)
    parser.add_argument("--turns", type=int, default=5)
    options = parser.parse_args()
    rows = int(options.rows)
    groups = int(options.groups or rows // 20)
    session = Session()
    session.use(data(rows, groups))
    session.run("quietly xtmixed y x in 1/1000 || g:")
    fits: list[float] = []
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name, _ in STATISTICS}
    for _ in range(options.turns):
        for name, command in STATISTICS:
            predict = command.format("v", "v")
            fits.append(seconds(session, FIT))
            session.run("estimates store m")
            first = seconds(session, predict)
            session.run("drop v*")
            again = seconds(session, predict)
            session.run("drop v*\nquietly regress y x in 1/1000\nestimates restore m")
            found[name].append((first, again, seconds(session, predict)))
            session.run("drop v*")
    fit = min(fits)
    print(f"{rows} rows, {groups} groups: fit {fit:.3f} s of processor time, the least of {len(fits)}")
    print("shares of it     first    again  restored")
    for name, times in found.items():
        print(f"{name:12}", *(f"{min(column) / fit:8.2f}" for column in zip(*times, strict=True)))
    session.run(FIT)
    for text in (AT, "margins z, at(x=(-2(.21)2))"):
        print(f"{text}: {min(seconds(session, f'quietly {text}') for _ in range(options.turns)):.2f} s")


if __name__ == "__main__":
    main()
