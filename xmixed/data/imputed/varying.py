"""Which variables differ from one imputation to the next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from xmixed.data.imputed.model import Imputations, soft_missing


@dataclass(frozen=True, slots=True)
class Varying:
    """Variables of which something is to be said.

    Attributes
    ----------
    imputed, passive : tuple of str
        Registered so, but the same in every imputation.
    varying : tuple of str
        Not registered; differ in incomplete observations only.
    super_or_varying : tuple of str
        Not registered; differ in complete observations too, but only where they are `.` in m=0.
    super_varying : tuple of str
        Not registered; differ elsewhere in complete observations.
    """

    imputed: tuple[str, ...]
    passive: tuple[str, ...]
    varying: tuple[str, ...]
    super_or_varying: tuple[str, ...]
    super_varying: tuple[str, ...]


def varying_variables(data: Imputations, names: Iterable[str]) -> Varying:
    """Return what there is to say of some variables; regular ones never vary."""
    kinds = data.registered
    found: dict[str, list[str]] = {field: [] for field in Varying.__slots__}
    for name in names:
        kind, differs = kinds.get(name, ""), _differs(data, name)
        if kind in ("imputed", "passive"):
            if not differs.any():
                found[kind].append(name)
        elif not kind and differs.any():
            found[_of_unregistered(data, name, differs)].append(name)
    return Varying(**{field: tuple(names) for field, names in found.items()})


def _differs(data: Imputations, name: str) -> np.ndarray:
    """Return where a variable is not the same in all of m=0, ..., M; bool (n,)."""
    base = data.base[name]
    rows = np.zeros(data.base.n_obs, dtype=bool)
    for copy in data.copies:
        own = copy[name]
        if own is not base:
            same_type = own.type == base.type or own.is_string
            rows |= np.asarray(
                own.values != base.values if same_type else own.to_double() != base.to_double(), dtype=bool
            )
    return rows


def _of_unregistered(data: Imputations, name: str, differs: np.ndarray) -> str:
    if not (differs & ~data.incomplete).any():
        return "varying"
    return "super_or_varying" if not (differs & ~soft_missing(data.base[name])).any() else "super_varying"
