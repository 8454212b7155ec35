"""`predict` against the random effects, standard errors, fitted values and residuals of lme4 and nlme.

The figures, with the command and the versions that made them, are in `references/effects/*.csv`, written by
`references/build_effects.R`, at the very maximum of each program's own likelihood: Newton steps follow its
optimiser, whose stopping rules leave up to 1e-5.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xmixed

FILES = sorted((Path(__file__).parent / "references" / "effects").glob("*.csv"))


def values_of(session: xmixed.Session, name: str, rows: np.ndarray) -> np.ndarray:
    return session.data[name].to_double()[rows]


def predicted(session: xmixed.Session, rows: np.ndarray) -> dict[str, np.ndarray]:
    """Return everything the reference files may hold, by the names of their columns."""
    session.run("predict double f, fitted\npredict double r, residuals\npredict double z, rstandard")
    session.run("predict double u*, reffects\npredict double s*, reses")
    names = {"f": "fitted", "r": "residual", "z": "standardized"}
    found = {column: values_of(session, name, rows) for name, column in names.items()}
    for variable in session.data.variables:
        if variable.label.startswith("BLUP r.e."):
            prefix = "se " if "std. err." in variable.label else ""
            level, _, term = variable.label.rpartition(" for ")[2].partition(": ")
            term = "_cons" if term.startswith("R.") else term
            found[f"{prefix}{level}:{term}"] = values_of(session, variable.name, rows)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_predictions_are_those_of_other_programs(path: Path) -> None:
    command = path.read_text().splitlines()[1][2:].strip()
    table = pd.read_csv(path, comment="#")
    session = xmixed.Session()
    for line in command.split("; "):
        session.run(f"quietly {line}")
    found = predicted(session, table.pop("row").to_numpy() - 1)
    assert len(table.columns) >= 3
    for column in table:
        expected = table[column].to_numpy()
        scale = max(float(np.abs(expected).max()), 1e-3 * float(np.std(found["fitted"])))
        np.testing.assert_allclose(found[column], expected, atol=1e-6 * scale, err_msg=column)
