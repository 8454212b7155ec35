"""Small data with imputations that are known."""

from __future__ import annotations

import pytest

from xmixed.interpreter.session import Session

PATIENTS = """
clear
set obs 6
generate id = _n
generate byte g = mod(_n, 2)
generate b = _n if _n != 3 & _n != 5
label variable b "measured"
mi set mlong
mi register imputed b
mi register regular g
mi set M = 2
replace b = 10 + _mi_m if _mi_m > 0
"""
"""Six observations, two of them incomplete; b is 11 in m=1 and 12 in m=2."""


@pytest.fixture
def patients(session: Session) -> Session:
    session.run(PATIENTS)
    return session


def column(session: Session, name: str, m: int = 0) -> list[float | None]:
    """Return a variable of the m-th completed dataset of what is in memory, missing values as None."""
    from xmixed.data.imputed.styles import read
    from xmixed.missing import is_missing

    values = read(session.data).imputations.completed(m)[name].to_double()
    return [None if is_missing(value) else float(value) for value in values]
