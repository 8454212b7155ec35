"""What is wider than the line size goes on in the next line after `> `, in tables as in displayed text."""

from __future__ import annotations

from pathlib import Path

import pytest

import xmixed


@pytest.mark.parametrize("width", [40, 60, 79])
def test_tables_are_broken_where_the_line_ends(width: int) -> None:
    """FORMAT-data 0 [S]: tables wider than the line size are broken hard there and go on with `> `."""
    commands = (
        "sysuse sleepstudy\nsummarize\nxtmixed reaction days || subject: days, stddeviations\ntabulate days"
    )
    wide, narrow = xmixed.Session(), xmixed.Session()
    wide.run("set linesize 255")
    narrow.run(f"set linesize {width}")
    shown = narrow.run(commands)
    assert max(map(len, shown.splitlines())) == min(width, 78)
    assert shown.replace("\n> ", "") == wide.run(commands)


def test_a_line_that_display_continues_is_broken_as_one() -> None:
    session = xmixed.Session()
    session.run("set linesize 40")
    shown = session.run('display "0123456789012345678901234567890" _continue\ndisplay "abcdefghijklmnop"')
    assert shown == "0123456789012345678901234567890abcdefghi\n> jklmnop\n"


def test_logs_are_broken_as_the_console(tmp_path: Path) -> None:
    session = xmixed.Session()
    session.run(f'cd "{tmp_path}"\nset linesize 40\nsysuse sleepstudy\nlog using a.log')
    shown = session.run("summarize reaction")
    assert "\n> " in shown and shown in (tmp_path / "a.log").read_text()
