"""Saving replaces a file in one step and keeps what it can not replace."""

from __future__ import annotations

import os
import re

import pytest

from tests.data.building import assert_same, everything
from xmixed.data.files.dta import writer as dta_writer
from xmixed.data.files.dta.reader import read_dta
from xmixed.data.files.dta.writer import write_dta
from xmixed.errors import StataError


def _refused(path, code, message, replace=False):
    with pytest.raises(StataError) as caught:
        write_dta(everything(), path, replace=replace)
    assert (caught.value.code, caught.value.message) == (code, message.format(path))


def test_an_existing_file_needs_replace(tmp_path):
    path = tmp_path / "x.dta"
    path.write_bytes(b"old")
    _refused(path, 602, "file {} already exists")
    assert path.read_bytes() == b"old"
    saved = write_dta(everything(), path, replace=True, timestamp=" 3 Mar 2011 10:57")
    assert (saved.name, saved.release, saved.timestamp) == (str(path), 115, " 3 Mar 2011 10:57")
    assert_same(read_dta(path), everything())
    assert os.listdir(tmp_path) == ["x.dta"]


def test_the_time_stamp_is_now(tmp_path):
    saved = write_dta(everything(), tmp_path / "x.dta")
    assert re.fullmatch(r"[ \d]\d [A-Z][a-z]{2} \d{4} \d\d:\d\d", saved.timestamp)
    assert read_dta(tmp_path / "x.dta").timestamp == saved.timestamp


def test_permissions_are_kept_and_links_followed(tmp_path):
    path, link = tmp_path / "x.dta", tmp_path / "link.dta"
    write_dta(everything(), path)
    path.chmod(0o640)
    link.symlink_to("x.dta")
    write_dta(everything(), link, replace=True)
    assert link.is_symlink() and not path.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    write_dta(everything(), tmp_path / "new.dta")
    mask = os.umask(0)
    os.umask(mask)
    assert (tmp_path / "new.dta").stat().st_mode & 0o777 == 0o666 & ~mask


def test_places_that_cannot_be_written(tmp_path):
    os.mkfifo(tmp_path / "pipe.dta")
    (tmp_path / "file").write_bytes(b"")
    _refused(tmp_path, 603, "file {} could not be opened", replace=True)
    _refused(tmp_path / "pipe.dta", 603, "file {} could not be opened", replace=True)
    _refused(tmp_path / "none" / "x.dta", 603, "file {} could not be opened")
    _refused(tmp_path / "file" / "x.dta", 603, "file {} could not be opened")
    _refused("a\0b.dta", 603, "file {} could not be opened")


def test_a_failure_midway_keeps_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "x.dta"
    path.write_bytes(b"old")

    def full_disk(plan):
        yield b"half"
        raise OSError(28, "No space left on device")

    def interrupted(plan):
        yield b"half"
        raise KeyboardInterrupt

    monkeypatch.setattr(dta_writer, "parts", full_disk)
    _refused(path, 693, "I/O error", replace=True)
    monkeypatch.setattr(dta_writer, "parts", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_dta(everything(), path, replace=True)
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["x.dta"]


def test_a_read_only_file_is_kept(tmp_path, monkeypatch):
    path = tmp_path / "x.dta"
    path.write_bytes(b"old")
    path.chmod(0o444)
    monkeypatch.setattr(os, "access", lambda *_: False)  # root may write every file
    with pytest.raises(StataError) as caught:
        write_dta(everything(), path, replace=True)
    assert caught.value.code == 608
    assert path.read_bytes() == b"old"


def test_what_a_killed_save_left_is_swept_after_a_day(tmp_path):
    old, young, other = (tmp_path / name for name in (".xmixed-aa.tmp", ".xmixed-bb.tmp", "aa.tmp"))
    for path in (old, young, other):
        path.write_bytes(b"x")
    for path in (old, other):
        os.utime(path, (0, 0))
    write_dta(everything(), tmp_path / "x.dta")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".xmixed-bb.tmp", "aa.tmp", "x.dta"]
