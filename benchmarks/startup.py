"""Start-up: the best time of `xmixed -c "display 1"` against an empty Python and `import numpy`.

Usage: python benchmarks/startup.py [--repetitions K] [--limit SECONDS]

With --limit the exit status is 1 when ours is above it.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

CASES = {
    "python -c pass": ["-c", "pass"],
    "import numpy": ["-c", "import numpy"],
    'xmixed -c "display 1"': ["-m", "xmixed", "-c", "display 1"],
}


def seconds(arguments: list[str]) -> float:
    """Return the elapsed time of one process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> int:
    """Run the cases in turn and print the best time of each."""
    parser = argparse.ArgumentParser(description="Start-up time of the console.")
    parser.add_argument("--repetitions", type=int, default=10, metavar="K")
    parser.add_argument("--limit", type=float, default=None, metavar="SECONDS")
    options = parser.parse_args()
    best = dict.fromkeys(CASES, float("inf"))
    for arguments in CASES.values():
        seconds(arguments)  # the first run writes caches
    for _ in range(options.repetitions):
        for name, arguments in CASES.items():
            best[name] = min(best[name], seconds(arguments))
    for name, value in best.items():
        print(f"{name:<24}{value:7.3f} s")
    return int(options.limit is not None and list(best.values())[-1] > options.limit)


if __name__ == "__main__":
    sys.exit(main())
