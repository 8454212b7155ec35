"""What graphs of very many points, lines and panels cost: processor time, and the largest memory.

python -m benchmarks.graphs
"""

from __future__ import annotations

import subprocess
import sys
import tempfile

TASKS = {
    "scatter, 10,000,000 points": (
        "set obs 10000000\nset seed 1\ngenerate x = rnormal()\ngenerate y = x + rnormal()",
        "scatter y x, msize(tiny)",
    ),
    "histogram, 10,000,000 numbers": (
        "set obs 10000000\nset seed 1\ngenerate x = rnormal()",
        "histogram x, normal",
    ),
    "lowess, 1,000,000 points": (
        "set obs 1000000\nset seed 1\ngenerate x = rnormal()\ngenerate y = x + rnormal()",
        "lowess y x, msize(tiny)",
    ),
    "xtline, overlay, 10,000 lines": (
        "set obs 100000\nset seed 1\ngenerate long id = ceil(_n / 10)\ngenerate t = mod(_n, 10)\n"
        "generate y = t + rnormal()\nxtset id t",
        "xtline y, overlay",
    ),
    "scatter, by(), 100 panels": (
        "set obs 10000\nset seed 1\ngenerate id = mod(_n, 100)\n"
        "generate x = rnormal()\ngenerate y = rnormal()",
        "scatter y x, by(id)",
    ),
    "set graphics terminal, 1,000 points": (
        "set obs 1000\nset seed 1\ngenerate x = rnormal()\ngenerate y = rnormal()\nset graphics terminal",
        "scatter y x",
    ),
}
CODE = """
import io, resource, sys, time
from xmixed.graphics.drawing.figure import save
from xmixed.interpreter.session import Session
session = Session()
session.run(sys.argv[1])
start = time.process_time()
session.run(sys.argv[2])
if session.settings.graphics != "terminal":
    save(session.graphs.graphs["Graph"], io.BytesIO(), "png")
print(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def main() -> None:
    """Measure each task in a process of its own; the import of the drawing library is part of it."""
    print(f"{'task':<40}{'seconds':>10}{'MB':>10}")
    for name, (data, command) in TASKS.items():
        with tempfile.TemporaryDirectory() as folder:
            done = subprocess.run(
                [sys.executable, "-c", CODE, data, command],
                cwd=folder,
                capture_output=True,
                text=True,
                check=True,
            )
        seconds, memory = (float(word) for word in done.stdout.split())
        print(f"{name:<40}{seconds:10.2f}{memory:10.0f}")


if __name__ == "__main__":
    main()
