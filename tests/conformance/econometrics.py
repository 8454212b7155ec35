"""The data of the econometric references, and what tests read of a session that fits them."""

from __future__ import annotations

import numpy as np
import pytest

import xmixed
from tests.conformance.test_econometrics import FOLDER
from xmixed.errors import StataError


def started(commands: str = "") -> xmixed.Session:
    """Return a session with the data, after more commands."""
    session = xmixed.Session()
    session.run((FOLDER / "data.do").read_text() + commands)
    return session


def b(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["b"].values[0]


def V(session: xmixed.Session) -> np.ndarray:
    return session.e.matrices["V"].values


def fails(session: xmixed.Session, line: str) -> int:
    with pytest.raises(StataError) as caught:
        session.run(line)
    return caught.value.code
