"""Data that `snapshot save` has set aside."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.data.dataset import Dataset


@dataclass(frozen=True, slots=True, eq=False)
class DataSnapshot:
    """Data as they were, when that was (`26 Nov 2026 18:05`), and what the user calls them."""

    data: Dataset
    created: str
    label: str = ""
