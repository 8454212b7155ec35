"""What may be wrong with variables, as `codebook, problems` reports it."""

from __future__ import annotations

import numpy as np

from xmixed.data.dataset import Dataset, Variable
from xmixed.data.value_labels import code_of
from xmixed.formats import is_date_format
from xmixed.missing import is_missing

PROBLEMS = {
    "cons": "constant (or all missing) vars",
    "labelnotfound": "vars with nonexisting label",
    "notlabeled": "incompletely labeled vars",
    "str_type": "str# vars that may be compressed",
    "str_leading": "string vars with leading blanks",
    "str_trailing": "string vars with trailing blanks",
    "str_embedded": "string vars with embedded blanks",
    "realdate": "noninteger-valued date vars",
}
"""By their names in r(), in the order of the report."""


def problems_of(data: Dataset, variable: Variable, values: np.ndarray) -> list[str]:
    """Return the names of a variable's problems.

    Parameters
    ----------
    values : ndarray, shape (k,)
        Its different values: doubles or strings.
    """
    if variable.is_string:
        return _of_strings(variable, [text for text in values.tolist() if text])
    known = values[~is_missing(values)]
    found = ["cons"] if len(known) < 2 else []
    if variable.value_label:
        texts = data.value_labels.get(variable.value_label)
        if texts is None:
            found.append("labelnotfound")
        elif any(code_of(value) not in texts for value in known.tolist()):
            found.append("notlabeled")
    if is_date_format(variable.format) and np.any(known != np.floor(known)):
        found.append("realdate")
    return found


def _of_strings(variable: Variable, texts: list[str]) -> list[str]:
    longest = max(map(len, texts), default=1)
    checks = {
        "cons": len(texts) < 2,
        "str_type": variable.type != "strL" and longest < int(variable.type[3:]),
        "str_leading": any(text.startswith(" ") for text in texts),
        "str_trailing": any(text.endswith(" ") for text in texts),
        "str_embedded": any(" " in text.strip() for text in texts),
    }
    return [name for name, holds in checks.items() if holds]


def missing_together(missing: dict[str, np.ndarray], name: str) -> list[str]:
    """Return what is known of other variables where one is missing, and the other way round.

    Parameters
    ----------
    missing : dict of str to ndarray of bool, shape (n,)
        Where variables are missing.
    """
    own = missing[name]
    if not own.any():
        return []
    found = []
    for other, gone in missing.items():
        if other == name or not gone.any():
            continue
        if np.array_equal(gone, own):
            found.append(f"{other}==mv <-> {name}==mv")
        elif not np.any(gone & ~own):
            found.append(f"{other}==mv --> {name}==mv")
    return found
