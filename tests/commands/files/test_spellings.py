"""Spellings that scripts use: replace for clear, version() of saveold, places of new variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from xmixed import Session, StataError


def test_replace_is_clear(tmp_path: Path) -> None:
    session = Session()
    session.run(f'sysuse hsb82, replace\nsave "{tmp_path}/a"\ngenerate x = 1')
    with pytest.raises(StataError, match="data in memory would be lost"):
        session.run(f'use "{tmp_path}/a"')
    session.run(f'use "{tmp_path}/a", replace\ngenerate x = 1\nsysuse hsb82, replace')
    assert "x" not in session.data
    session.run(f'webuse set "{tmp_path}"\ncapture webuse a, replace')


def test_saveold_for_an_edition(tmp_path: Path) -> None:
    session = Session()
    session.run(
        f'sysuse hsb82\nsaveold "{tmp_path}/old", version(12)\nsaveold "{tmp_path}/old", replace v(13)'
    )
    assert (tmp_path / "old.dta").read_bytes()[0] == 114
    with pytest.raises(StataError):
        session.run(f'saveold "{tmp_path}/old", replace version(9)')


def test_places_of_new_variables() -> None:
    session = Session()
    session.run("sysuse hsb82\ngenerate a = 1, after(minority)\ngenerate b = 2, before(school)")
    names = session.data.names
    assert names[0] == "b" and names.index("a") == names.index("minority") + 1
    with pytest.raises(StataError, match="nothing not found"):
        session.run("generate c = 1, after(nothing)")
    assert "c" not in session.data


def test_parentheses_around_a_list() -> None:
    session = Session()
    session.run(
        "sysuse hsb82\nsummarize (ses mathach)\ndrop (mean*)\nkeep (ses mathach school)\norder (school ses)"
    )
    assert session.data.names == ["school", "ses", "mathach"]
