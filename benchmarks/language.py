"""How many commands a second of processor time loops and programs run, beside Python calling `Session.run`.

python -m benchmarks.language
"""

from __future__ import annotations

import time

from xmixed.interpreter.session import Session

ROUNDS = 10_000
TASKS = {
    "local x = `i' * 2": ("local x = `i' * 2", ROUNDS),
    "scalar": ("scalar s = `i' + 1", ROUNDS),
    "display": ("quietly display `i' + 1", ROUNDS // 5),
    "replace": ("quietly replace x = `i' + _n", ROUNDS // 5),
    "generate": ("generate y`i' = x + 1\n drop y`i'", ROUNDS // 10),
    "nested if": (
        "if mod(`i', 2) == 0 {\n if `i' > 5 {\n local even `i'\n }\n }\n else local odd `i'",
        ROUNDS // 2,
    ),
    "program with syntax": ("doubled `i', by(2)", ROUNDS // 5),
}
PROGRAM = """program doubled, rclass
    syntax anything [, BY(integer 1) Detail]
    return scalar value = `anything' * `by'
end
"""


def seconds(session: Session, text: str) -> float:
    """Return how long a text runs."""
    started = time.process_time()
    session.run(text)
    return time.process_time() - started


def fresh() -> Session:
    session = Session()
    session.run(f"set obs 1000\ngenerate double x = _n\n{PROGRAM}")
    return session


def main() -> None:
    """Print rounds a second for each task, and how many times a loop in Python takes as long."""
    print(f"{'task':<24}{'rounds/s':>12}{'Session.run/s':>16}{'ratio':>8}")
    for name, (body, rounds) in TASKS.items():
        session = fresh()
        inside = seconds(session, f"forvalues i = 1/{rounds} {{\n {body}\n}}")
        session = fresh()
        few = max(rounds // 10, 100)
        started = time.process_time()
        for i in range(1, few + 1):
            session.run(body.replace("`i'", str(i)))
        outside = (time.process_time() - started) / few
        print(f"{name:<24}{rounds / inside:>12,.0f}{1 / outside:>16,.0f}{outside * rounds / inside:>8.1f}")


if __name__ == "__main__":
    main()
