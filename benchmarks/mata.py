"""How long loops in Mata take: rounds a second of processor time.

python -m benchmarks.mata
"""

from __future__ import annotations

import time

from xmixed.interpreter.session import Session

SETUP = """
set obs 10000
generate double x = _n
mata:
real scalar plus_one(real scalar a) return(a + 1)
st_view(V=., ., "x")
v = J(10000, 1, 2)
t = ""
A = I(3)
end
"""
TASKS = {
    "s = s + i*2": 200_000,
    "if (mod(i,2) == 0 & v[1] > 1) s = s + v[1]*sqrt(i)": 50_000,
    "v[i] = s/i": 10_000,
    "s = plus_one(s)": 100_000,
    't = substr("abcdef", mod(i,6)+1, 1)': 10_000,
    "A = A*(1,0,0\\0,1,0\\0,0,1)": 10_000,
    "s = mean(rnormal(100,1,0,1))": 5_000,
    "V[i] = i": 5_000,
    'st_store(i, "x", i)': 5_000,
}
"""What a round does, and how many rounds."""


def seconds(body: str, rounds: int) -> float:
    """Return how long a loop in a function takes."""
    session = Session()
    session.run(SETUP)
    session.run(
        "mata:\nvoid rounds(real scalar n, real colvector v, transmorphic V, string scalar t, matrix A)\n"
        f"{{\nreal scalar i, s\ns = 0\nfor (i=1; i<=n; i++) {{\n{body}\n}}\n}}\nend"
    )
    started = time.process_time()
    session.run(f"mata: rounds({rounds}, v, V, t, A)")
    return time.process_time() - started


def main() -> None:
    for body, rounds in TASKS.items():
        best = min(seconds(body, rounds) for _ in range(3))
        print(f"| `{body}` | {round(rounds / best, -2):,.0f} |")


if __name__ == "__main__":
    main()
