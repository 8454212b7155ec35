"""Which file a command reads: current folder, data folders, shipped data, network."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import xmixed.resources
from tests.data.building import assert_same, everything
from xmixed.data.files import locate as module
from xmixed.data.files.dta.reader import read_dta
from xmixed.data.files.dta.writer import dta_bytes
from xmixed.data.files.locate import locate, shipped_datasets
from xmixed.data.files.network import fetch
from xmixed.errors import StataError

CONTENT = dta_bytes(everything(), timestamp=everything().timestamp)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):  # noqa: N802
        if self.path == "/data/x.dta":
            self._answer(200, CONTENT)
        elif self.path == "/moved":
            self._answer(302, b"", Location="/data/x.dta")
        elif self.path == "/local":
            self._answer(302, b"", Location="file:///etc/hostname")
        elif self.path == "/circle":
            self._answer(302, b"", Location="/circle")
        elif self.path == "/short":
            self._answer(200, CONTENT[:50], **{"Content-Length": str(len(CONTENT))})
        elif self.path == "/secret":
            self._answer(403, b"no")
        elif self.path == "/slow":
            self.server.finish.wait(5)
        elif self.path == "/drip":  # a byte at a time, for ever
            self._answer(200, b"", **{"Content-Length": "1000000"})
            self._drip(b"x")
        elif self.path == "/drip-head":
            self._drip(b"H")
        else:
            self._answer(404, b"nothing here")

    def _answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def _drip(self, byte):
        try:
            while not self.server.finish.wait(0.02):
                self.wfile.write(byte)
                self.wfile.flush()
        except OSError:
            pass

    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    running = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    running.finish = threading.Event()
    thread = threading.Thread(target=running.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.finish.set()
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def folders(tmp_path, monkeypatch):
    """A current folder, two data folders and a folder of shipped data; no network."""
    for name in ("here", "one", "two", "datasets"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv(module.DATA_PATH, os.pathsep.join([str(tmp_path / "one"), "", str(tmp_path / "two")]))
    monkeypatch.setattr(module, "resource_folder", lambda name: tmp_path / name)
    monkeypatch.setattr("xmixed.data.files.network.fetch", lambda address: address.encode())
    return tmp_path


ADDRESSES = [
    "http://www.stata-press.com/data/r12/pig",
    "https://www.stata-press.com/data/r12/pig",
    "https://www.stata-press.com/data/r8/pig.dta",
    "http://stata-press.com/data/r12.1/pig.dta",
    "HTTP://WWW.stata-press.com/data/r13/pig",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_manuals_addresses_are_looked_for_in_order(folders, address):
    full = address if address.endswith(".dta") else f"{address}.dta"
    assert locate(address).path == full.encode()
    for folder in ("datasets", "two", "one"):
        (folders / folder / "pig.dta").write_bytes(b"")
        found = locate(address)
        assert (found.path, found.address, found.display_name) == (folders / folder / "pig.dta", full, full)


def test_webuse(folders):
    full = "http://www.stata-press.com/data/r12/pig.dta"
    assert locate("pig", "webuse").path == full.encode()
    (folders / "two" / "pig.dta").write_bytes(b"")
    found = locate("pig.dta", "webuse")
    assert (found.path, found.address) == (folders / "two" / "pig.dta", full)
    assert locate("http://example.org/y", "webuse").path == b"http://example.org/y.dta"


@pytest.mark.parametrize(
    "address",
    [
        "http://www.stata-press.com.evil.org/data/r12/pig",
        "http://www.stata-press.com/data/r12/../../pig",
        "http://www.stata-press.com/other/pig",
        "http://example.org/data/r12/pig",
    ],
)
def test_other_addresses_go_to_the_network(folders, address):
    (folders / "one" / "pig.dta").write_bytes(b"")
    assert locate(address).path == f"{address}.dta".encode()


def test_a_plain_name_is_in_the_current_folder_only(folders):
    (folders / "one" / "pig.dta").write_bytes(CONTENT)
    (folders / "datasets" / "pig.dta").write_bytes(CONTENT)
    found = locate("pig")
    assert (found.address, found.display_name) == ("pig.dta", "pig.dta")
    with pytest.raises(StataError) as caught:
        read_dta(found.path, name=found.display_name)
    assert (caught.value.code, caught.value.message) == (601, "file pig.dta not found")
    (folders / "here" / "pig.dta").write_bytes(CONTENT)
    assert_same(read_dta(locate("pig").path), everything())
    assert locate("sub.folder/pig").address == "sub.folder/pig.dta"
    assert locate("pig.old").address == "pig.old"


def test_sysuse_knows_what_is_shipped(folders):
    (folders / "here" / "a.dta").write_bytes(b"")
    (folders / "datasets" / "b.dta").write_bytes(b"")
    assert locate("b", "sysuse").path == folders / "datasets" / "b.dta"
    assert shipped_datasets() == ["b.dta"]
    for name in ("a", "../here/a", "nothing"):
        with pytest.raises(StataError) as caught:
            locate(name, "sysuse")
        assert caught.value.code == 601


def test_the_network(server):
    found = locate(f"{server}/data/x")
    assert found.address == f"{server}/data/x.dta"
    assert_same(read_dta(found.path, name=found.display_name), everything())
    assert fetch(f"{server}/moved") == CONTENT


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("/nothing.dta", 601, "file {} not found"),
        ("/secret", 672, "server refused to send file"),
        ("/circle", 672, "server refused to send file"),
        ("/local", 672, "server refused to send file"),
        ("/short", 677, "remote connection failed"),
        ("/slow", 2, "connection timed out"),
    ],
)
def test_network_errors(server, path, code, message):
    with pytest.raises(StataError) as caught:
        fetch(server + path, timeout=0.5)
    assert (caught.value.code, caught.value.message) == (code, message.format(server + path))


@pytest.mark.parametrize("path", ["/drip", "/drip-head"])
def test_a_server_that_drips_is_given_up(server, path):
    with pytest.raises(StataError) as caught:
        fetch(server + path, timeout=5, patience=0.3)
    assert (caught.value.code, caught.value.message) == (2, "connection timed out")


def test_an_interrupt_ends_a_download_at_once(server):
    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    started = time.monotonic()
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        with pytest.raises(KeyboardInterrupt):
            fetch(f"{server}/drip", timeout=5)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert time.monotonic() - started < 2


def test_python_without_ssl(monkeypatch):
    monkeypatch.delattr("urllib.request.HTTPSHandler")
    with pytest.raises(StataError) as caught:
        fetch("https://127.0.0.1:9/x.dta", timeout=2)
    assert (caught.value.code, caught.value.message) == (677, "remote connection failed")


def test_a_file_that_is_too_large(server):
    with pytest.raises(StataError) as caught:
        fetch(f"{server}/data/x.dta", largest=1000)
    assert caught.value.code == 672


def test_addresses_that_lead_nowhere(monkeypatch):
    def code(address):
        with pytest.raises(StataError) as caught:
            fetch(address, timeout=2)
        return caught.value.code

    monkeypatch.setenv("no_proxy", "*")
    assert code("ftp://127.0.0.1/x.dta") == 630
    assert code("file:///etc/hostname") == 630
    assert code("http://") == 632
    assert code("http://127.0.0.1:notaport/x") == 632
    assert code("http://127.0.0.1/a b") == 632
    with socket.socket() as bound:  # bound but not listening: refused
        bound.bind(("127.0.0.1", 0))
        assert code(f"http://127.0.0.1:{bound.getsockname()[1]}/x.dta") == 677

    def nobody(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    assert code("http://nobody.invalid/x.dta") == 631


def test_resources_in_a_wheel_and_in_a_checkout(tmp_path, monkeypatch):
    package = tmp_path / "xmixed"
    (package / "_share" / "grammar").mkdir(parents=True)
    (tmp_path / "datasets").mkdir()
    monkeypatch.setattr(xmixed.resources, "__file__", str(package / "resources.py"))
    find = xmixed.resources.resource_folder.__wrapped__
    assert find("grammar") == package / "_share" / "grammar"
    assert find("datasets") == tmp_path / "datasets"
    (package / "_share" / "datasets").mkdir()
    assert find("datasets") == package / "_share" / "datasets"
    with pytest.raises(FileNotFoundError):
        find("other")


def test_sysuse_of_what_stata_installs_asks_the_network_last(folders, monkeypatch):
    assert locate("auto", "sysuse").path == b"http://www.stata-press.com/data/r12/auto.dta"
    for folder in ("datasets", "two", "one"):
        (folders / folder / "auto.dta").write_bytes(b"")
        assert locate("auto", "sysuse").path == folders / folder / "auto.dta"

    def no_network(address):
        raise StataError(631, "host not found")

    monkeypatch.setattr("xmixed.data.files.network.fetch", no_network)
    with pytest.raises(StataError, match=r"file census.dta not found") as raised:
        locate("census", "sysuse")
    assert raised.value.code == 601
    assert "host not found" in raised.value.hint and module.DATA_PATH in raised.value.hint
