"""What several tests of the engine set up."""

from __future__ import annotations

import pytest

from xmixed.engine.products import crossed, row_pairs


@pytest.fixture(params=["full", "sparse", "pairs"])
def between_levels(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Products between crossed levels as small, as large and as usual problems have them."""
    if request.param != "full":
        monkeypatch.setattr(crossed, "_SMALL", 0)
        monkeypatch.setattr(crossed, "_DENSE", 2.0)
    if request.param == "sparse":
        monkeypatch.setattr(row_pairs, "_MOST", -1)
    return str(request.param)
