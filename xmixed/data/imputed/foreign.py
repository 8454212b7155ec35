"""Imputations that other commands and programs have made: stacked datasets, variables side by side, ice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.imputed.clean_up import marked
from xmixed.data.imputed.model import ID, LARGEST, MISS, Imputations, M, with_state
from xmixed.data.imputed.rows import sharing
from xmixed.data.imputed.styles import aligned, has_repeats, numbers, plain
from xmixed.data.operations.merge import MASTER, MATCH, merge
from xmixed.data.order import group_codes
from xmixed.errors import StataError

Names = Mapping[str, Sequence[str]]
"""Names of variables by something: the kind, or the variable that they are imputations of."""

ICE_M, ICE_ID = "_mj", "_mi"
"""Number of the imputation and of the observation in data of ice."""


def from_stacked(
    data: Dataset, m: str, id_names: Sequence[str], kinds: Mapping[str, Sequence[str]]
) -> Imputations:
    """Return the imputations of data in which the original observations and imputed ones stand together.

    Parameters
    ----------
    m : str
        The variable with the number of the imputation, 0 for the original data; it goes.
    id_names : sequence of str
        Variables that tell the observations of one dataset apart.
    kinds : mapping
        Names of the imputed, passive and regular variables.

    Raises
    ------
    StataError
        r(459) for numbers that are not 0, 1, ..., M, and for observations that are not told apart.
    """
    of = _numbers_of(data[m])
    codes, size = group_codes(data, id_names)
    if has_repeats(of * max(size, 1) + codes):
        what = " ".join(id_names)
        raise StataError(459, f"{what} does not uniquely identify observations within {m}")
    parts = [_part(data, of == number, codes, m) for number in range(int(of.max(initial=0)) + 1)]
    return from_parts(parts, kinds)


def _numbers_of(variable: Variable) -> np.ndarray:
    """Return the number of the imputation of each row: 0, 1, ..., M, each of which is there; int64 (n,)."""
    values = variable.to_double()
    if np.isin(values, np.arange(LARGEST + 1.0)).all():
        whole = values.astype(np.int64)
        if np.bincount(whole).all():
            return whole
    raise StataError(459, f"{variable.name} must be 0, 1, 2, ... without gaps, at most {LARGEST}")


def _part(data: Dataset, rows: np.ndarray, codes: np.ndarray, m: str) -> Dataset:
    part = plain(data.rows(rows).without([m]))
    return part.with_variables(numbers(ID, codes[rows] + 1)).with_(marks={})


def from_parts(parts: Sequence[Dataset], kinds: Names) -> Imputations:
    """Return the imputations of datasets with `_mi_id`, the original one first, in style flong."""
    original, *others = parts
    ids = original[ID].to_double().astype(np.int64)
    base = original.without([ID])
    copies = tuple(sharing(base, aligned(base, ids, other)[0]) for other in others)
    found = Imputations("flong", base, copies, ids=ids, incomplete=np.zeros(base.n_obs, dtype=bool))
    found = replace(found, **{kind: tuple(names) for kind, names in kinds.items()})
    return marked(found)


def by_key(datasets: Sequence[Dataset], id_names: Sequence[str], files: Sequence[str]) -> list[Dataset]:
    """Return datasets with `_mi_id`, which numbers the observations of the first one by keys.

    Raises
    ------
    StataError
        r(111), r(459) for keys that are not there, or do not tell the observations of a dataset apart.
    """
    for data, file in zip(datasets, files, strict=True):
        for name in id_names:
            if name not in data:
                raise StataError(111, f"variable {name} not found", hint=f"in {file}")
        if group_codes(data, id_names)[1] < data.n_obs:
            raise StataError(459, f"{' '.join(id_names)} does not uniquely identify observations in {file}")
    first = datasets[0].with_variables(numbers(ID, np.arange(1, datasets[0].n_obs + 1)))
    key = first.select([*id_names, ID])
    others = [merge(data, key, list(id_names), "1:1").kept((MASTER, MATCH)).dataset for data in datasets[1:]]
    return [first, *others]


def from_wide(
    data: Dataset, sets: Mapping[str, Sequence[str]], kinds: Mapping[str, Sequence[str]]
) -> Imputations:
    """Return the imputations of plain data that hold them in variables of their own.

    Parameters
    ----------
    sets : mapping of str to sequence of str
        For each imputed or passive variable those with its values in m = 1, ..., M.

    Raises
    ------
    StataError
        r(198) where their numbers differ.
    """
    counts = {len(names) for names in sets.values()}
    if len(counts) > 1:
        raise StataError(198, "variables have different numbers of imputations")
    copies = []
    for place in range(max(counts, default=0)):
        own = [_as(data[name], data[names[place]]) for name, names in sets.items()]
        copies.append(sharing(data, data.with_variables(*own)))
    ids = np.arange(1, data.n_obs + 1)
    nothing = np.zeros(data.n_obs, dtype=bool)
    found = Imputations("wide", data, tuple(copies), ids=ids, incomplete=nothing)
    found = replace(found, **{kind: tuple(names) for kind, names in kinds.items()})
    return marked(found)


def _as(of: Variable, values: Variable) -> Variable:
    if of.is_string != values.is_string:
        raise StataError(109, "type mismatch")
    return replace(of, type=values.type, values=values.values)


def ice_data(flong: Dataset) -> Dataset:
    """Return data of style flong, without their state, in the form of ice: with `_mj` and `_mi`.

    Raises
    ------
    StataError
        r(110) where there are variables of these names.
    """
    for name in (ICE_M, ICE_ID):
        if name in flong:
            raise StataError(110, f"{name} already defined")
    return with_state(flong.without([MISS]), {}).renamed({M: ICE_M, ID: ICE_ID})
