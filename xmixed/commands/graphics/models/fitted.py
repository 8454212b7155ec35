"""Predictions of the last model on its estimation sample, and the levels of its random effects."""

from __future__ import annotations

import numpy as np

from xmixed.errors import StataError
from xmixed.estimation.frame import sample_rows
from xmixed.estimation.inference.prediction import predicted, read_request
from xmixed.estimation.results import estimator_of
from xmixed.expressions.context import Context
from xmixed.session.state import SessionState


class Fitted:
    """Predictions of the last model on its estimation sample."""

    def __init__(self, session: SessionState) -> None:
        self.session, self.estimates = session, session.e
        self.context = Context.of(session)
        self.estimator = estimator_of(session.e)
        self.rows = sample_rows(self.context, session.e.mark)
        if not self.rows.any():
            raise StataError(2000, "no observations of the estimation sample in memory")

    def prediction(self, text: str) -> list[np.ndarray]:
        """Return what `predict, text` makes, (n,) for each variable; r(321) where there is no such thing."""
        known = {statistic.name for statistic in self.estimator.statistics}
        if text.split(" ")[0] not in known:
            raise StataError(321, f"not valid after {self.estimates.macros.get('cmd', '')}")
        request = read_request(self.estimator.statistics, text)
        return predicted(request, self.estimator, self.estimates, self.context, self.rows)

    def residuals(self) -> np.ndarray:
        return self.prediction("residuals")[0]

    def fitted(self) -> np.ndarray:
        """Return fitted values, with random effects where the model has them."""
        known = {statistic.name for statistic in self.estimator.statistics}
        return self.prediction("fitted" if "fitted" in known else "xb")[0]

    def levels(self, whole: bool = False) -> list[str]:
        """Return the variables of the levels, the highest first; `_all` too with `whole`."""
        names = list(dict.fromkeys(self.estimates.macros.get("ivars", "").split()))
        return names if whole else [name for name in names if name != "_all"]


def level_named(model: Fitted, name: str) -> str:
    """Return a level; r(198) where the model has none of that name."""
    known = model.levels()
    if name not in known:
        message = f"{name or 'no level'}: no level of the model"
        raise StataError(198, message, hint=f"levels: {' '.join(known) or 'none'}")
    return name


def first_rows(session: SessionState, levels: list[str], rows: np.ndarray) -> np.ndarray:
    """Return the first observation of each group."""
    code = np.zeros(len(rows), dtype=np.int64)
    for name in levels:
        variable = session.data[name]
        values = variable.values.astype(str) if variable.is_string else variable.to_double()
        _, own = np.unique(values, return_inverse=True)
        code = code * (int(own.max(initial=0)) + 1) + own
    where = np.flatnonzero(rows)
    _, first = np.unique(code[where], return_index=True)
    return where[first]
