"""Shared helpers of the conformance tests: run a command on a frame, read e() back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import xmixed

SHARED = Path(__file__).resolve().parents[3] / "shared"


def estimate(frame: pd.DataFrame, command: str) -> xmixed.Session:
    """Return a session in which `command` has been run on `frame`."""
    session = xmixed.Session()
    session.use(frame)
    session.run(command)
    return session


def with_options(command: str, options: str) -> str:
    """Return the command with options at its end, after the comma its last equation may have already."""
    joint = " " if "," in command.rpartition("||")[2] else ", "
    return command + joint + options


def coefficients(session: xmixed.Session) -> dict[str, float]:
    """Return e(b) by full name (`y:x`, `lns1_1_1:_cons`)."""
    b = session.e["b"]
    return dict(zip(b.column_names, b.values[0], strict=True))


def standard_errors(session: xmixed.Session) -> dict[str, float]:
    """Return the square roots of the diagonal of e(V) by full name."""
    variance = session.e["V"]
    return dict(zip(variance.column_names, np.sqrt(np.diag(variance.values)), strict=True))


@pytest.fixture
def pig() -> Path:
    """The manual's pig data, which may not be shipped with the project."""
    path = SHARED / "datasets" / "pig.dta"
    if not path.exists():
        pytest.skip("needs the manual's datasets, which lie beside the project in development only")
    return path
