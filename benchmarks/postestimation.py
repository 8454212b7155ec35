"""How long what follows a fit takes beside the fit: predictions of xtmixed, margins at many points.

python benchmarks/postestimation.py [ROWS] [GROUPS]
"""

from __future__ import annotations

import sys
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
    start = time.perf_counter()
    session.run(command)
    return time.perf_counter() - start


def main() -> None:
    rows = int(float(sys.argv[1])) if len(sys.argv) > 1 else 1_000_000
    groups = int(float(sys.argv[2])) if len(sys.argv) > 2 else rows // 20
    session = Session()
    session.use(data(rows, groups))
    session.run("quietly xtmixed y x in 1/1000 || g:")
    fit = seconds(session, "quietly xtmixed y x i.z || g: x, covariance(unstructured)")
    print(f"{rows} rows, {groups} groups: fit {fit:.2f} s")
    for name, command in STATISTICS:
        once = seconds(session, command.format("v", "v"))
        session.run("drop v*")
        print(f"{name:10} {once:6.2f} s  {once / fit:5.2f} of the fit")
    once = seconds(session, f"quietly {AT}")
    print(f"margins, at() with 20 points {once:.2f} s")
    once = seconds(session, "quietly margins z, at(x=(-2(.21)2))")
    print(f"margins z, at() with 20 points {once:.2f} s")


if __name__ == "__main__":
    main()
