"""Results for programs (JSON) and the report of a mistake of ours."""

from __future__ import annotations

import os
import sys
from typing import Any

from xmixed.missing import is_missing
from xmixed.session.results import Matrix, Results


def report_internal_error(error: BaseException) -> None:
    """Tell on standard error that xmixed itself is at fault, and how to report it."""
    import traceback

    stream = sys.stderr
    if os.environ.get("XMIXED_DEBUG") == "1":
        stream.write("".join(traceback.format_exception(error)))
    where = traceback.extract_tb(error.__traceback__)
    place = f" in {where[-1].name}, line {where[-1].lineno}" if where else ""
    stream.write(f"xmixed: internal error: {type(error).__name__}{place}\n")
    stream.write(
        "This is a mistake in xmixed, not in your commands; your data and results are as they were.\n"
    )
    stream.write("Please report it with the command and the traceback that XMIXED_DEBUG=1 shows.\n")


def results_object(results: Results) -> dict[str, Any]:
    """Return r() or e() as plain objects; missing values are None."""
    return {
        "scalars": {name: _number(value) for name, value in results.scalars.items()},
        "macros": dict(results.macros),
        "matrices": {name: _matrix(matrix) for name, matrix in results.matrices.items()},
    }


def _number(value: float) -> float | None:
    return None if is_missing(value) else float(value)


def _matrix(matrix: Matrix) -> dict[str, Any]:
    return {
        "row_names": list(matrix.row_names),
        "column_names": list(matrix.column_names),
        "values": [[_number(value) for value in row] for row in matrix.values.tolist()],
    }
