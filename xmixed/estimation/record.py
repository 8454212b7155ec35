"""Estimates as plain data: what `estimates save` writes and `estimates use` reads.

A record is JSON: numbers, texts, lists, and the frozen types below by their names. Reading makes nothing
else, whatever stands in the file: no code, no other class. A sum over the content tells damaged files.
"""

from __future__ import annotations

import hashlib
import importlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from xmixed.errors import StataError
from xmixed.session.results import Estimates, Matrix

FORMAT = 1
MODULES = frozenset(
    {
        "xmixed.errors",
        "xmixed.estimation.fitted",
        "xmixed.estimation.linear.anova",
        "xmixed.estimation.linear.term_sums",
        "xmixed.estimation.means.estimator",
        "xmixed.estimation.mixed.model",
        "xmixed.estimation.mixed.request",
        "xmixed.estimation.multilevel.model",
        "xmixed.expressions.factors.operators",
        "xmixed.expressions.factors.terms",
        "xmixed.language.nodes",
    }
)
"""Where the types of payloads stand."""
KINDS = {"f": np.float64, "i": np.int64, "b": np.bool_}


@dataclass(frozen=True, slots=True)
class Saved:
    """One set of estimates in a file: `saved` is when, `12nov2012 13:15`."""

    estimates: Estimates
    saved: str


# --- writing --------------------------------------------------------------------------------------------


def record(estimates: Estimates, saved: str) -> dict[str, Any]:
    """Return estimates without their sample as a tree of JSON values."""
    return {
        "saved": saved,
        "title": estimates.title,
        "scalars": {name: _encode(value) for name, value in estimates.scalars.items()},
        "macros": dict(estimates.macros),
        "matrices": {
            name: {"values": _encode(matrix.values), "rows": matrix.row_names, "columns": matrix.column_names}
            for name, matrix in estimates.matrices.items()
        },
        "payload": _encode(estimates.payload),
    }


def file_content(records: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the content of a file that holds records."""
    content = json.dumps(list(records))
    return json.dumps({"xmixed estimates": FORMAT, "sum": _sum(content), "content": content}).encode()


def _sum(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def _encode(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, float, str)):
        return float(value) if isinstance(value, np.floating) else value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return {"array": value.ravel().tolist(), "shape": list(value.shape), "kind": value.dtype.kind}
    if isinstance(value, (tuple, list)):
        return [_encode(item) for item in value]
    if isinstance(value, Mapping):
        return {"map": [[_encode(key), _encode(item)] for key, item in value.items()]}
    if is_dataclass(value) and type(value).__module__ in MODULES:
        kind = type(value)
        found = {item.name: _encode(getattr(value, item.name)) for item in fields(value)}
        return {"type": f"{kind.__module__}:{kind.__name__}", "fields": found}
    return None  # what belongs to the command that showed it, the table of margins, stays behind


# --- reading --------------------------------------------------------------------------------------------


def read_records(content: bytes, name: str) -> list[dict[str, Any]]:
    """Return the records of a file; `name` is the file's for messages.

    Raises
    ------
    StataError
        r(610): not a file of estimates of ours, or damaged.
    """
    try:
        outer = json.loads(content)
        if outer["xmixed estimates"] != FORMAT:
            raise StataError(610, f"file {name} is from a later version of xmixed")
        if outer["sum"] != _sum(outer["content"]):
            raise StataError(610, f"file {name} is damaged")
        return list(json.loads(outer["content"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        hint = "Stata's own files of estimates cannot be read; only those that xmixed saved"
        raise StataError(610, f"file {name} not a file of estimates", hint=hint) from None


def restore(recorded: Mapping[str, Any], name: str) -> Saved:
    """Return the estimates of one record; they have no sample.

    Raises
    ------
    StataError
        r(610) for a record that is none.
    """
    try:
        estimates = Estimates(
            {key: float(value) for key, value in recorded["scalars"].items()},
            {key: str(value) for key, value in recorded["macros"].items()},
            {key: _matrix(value) for key, value in recorded["matrices"].items()},
            payload=_decode(recorded["payload"]),
            title=str(recorded["title"]),
        )
        return Saved(estimates, str(recorded["saved"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise StataError(610, f"file {name} is damaged") from None


def _matrix(value: Mapping[str, Any]) -> Matrix:
    rows, columns = [str(name) for name in value["rows"]], [str(name) for name in value["columns"]]
    values = _decode(value["values"])
    if values.shape != (len(rows), len(columns)):
        raise ValueError("shape")
    return Matrix(values, rows, columns)


def _decode(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_decode(item) for item in value)
    if not isinstance(value, dict):
        return value
    if "array" in value:
        return np.array(value["array"], dtype=KINDS[value["kind"]]).reshape(value["shape"])
    if "map" in value:
        return {_decode(key): _decode(item) for key, item in value["map"]}
    kind = _type(value["type"])
    given = {name: _decode(item) for name, item in value["fields"].items()}
    if set(given) != {item.name for item in fields(kind)}:
        raise ValueError("fields")
    return kind(**given)


def _type(name: str) -> Any:
    module, _, own = name.partition(":")
    if module not in MODULES:
        raise ValueError(name)
    kind = getattr(importlib.import_module(module), own)
    if not (isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module):
        raise ValueError(name)
    return kind
