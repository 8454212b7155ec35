"""Fetching a file by http or https."""

from __future__ import annotations

import http.client
import re
import socket
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field

from xmixed.data.files.dta.source import not_found
from xmixed.errors import StataError

TIMEOUT = 30.0
"""Seconds without an answer after which a server counts as dead."""

SLOWEST = 4096
"""Bytes that must come within `PATIENCE`: a server that drips is given up."""

PATIENCE = 60.0
"""Seconds."""

LARGEST = 1 << 30
"""Bytes; a larger file is not fetched."""

_CHUNK = 1 << 18


@dataclass(slots=True)
class _Transfer:
    """A download as both its own thread and the waiting one see it."""

    done: threading.Event = field(default_factory=threading.Event)
    size: int = 0
    content: bytes = b""
    failure: BaseException | None = None
    given_up: bool = False


def fetch(
    address: str, timeout: float = TIMEOUT, largest: int = LARGEST, patience: float = PATIENCE
) -> bytes:
    """Return the content at an address; redirections are followed, to http and https only.

    The download has a thread of its own: neither a name that does not resolve nor a server that sends a
    byte now and then holds the session, and Ctrl-C works at once.

    Parameters
    ----------
    timeout : seconds that one answer of the server may take
    largest : bytes
    patience : seconds in which `SLOWEST` bytes must come, or all that are left

    Raises
    ------
    StataError
        r(601) file not found; r(630) not http or https; r(631) host not found; r(632) malformed address;
        r(672) the server refuses or fails, or the file is too large; r(677) no connection; r(2) no answer.
    """
    if not address.lower().startswith(("http://", "https://")):
        raise StataError(630, "web filename not supported", hint=address)
    if not re.match(r"https?://[^\s/?#]", address, re.IGNORECASE):
        raise StataError(632, "web filename invalid", hint=address)
    transfer = _Transfer()
    worker = threading.Thread(target=_run, args=(transfer, address, timeout, largest), daemon=True)
    worker.start()
    try:
        _wait(transfer, address, patience)
    finally:
        transfer.given_up = True
    if transfer.failure is not None:
        raise transfer.failure
    return transfer.content


def _wait(transfer: _Transfer, address: str, patience: float) -> None:
    """Wait for the end of a transfer while enough comes."""
    size, deadline = 0, time.monotonic() + patience
    while not transfer.done.wait(0.05):
        if transfer.size >= size + SLOWEST:
            size, deadline = transfer.size, time.monotonic() + patience
        elif time.monotonic() > deadline:
            raise StataError(2, "connection timed out", hint=f"{address}: {transfer.size} bytes came")


def _run(transfer: _Transfer, address: str, timeout: float, largest: int) -> None:
    try:
        transfer.content = _download(transfer, address, timeout, largest)
    except BaseException as error:  # handed to the thread that waits
        transfer.failure = error
    finally:
        transfer.done.set()


def _download(transfer: _Transfer, address: str, timeout: float, largest: int) -> bytes:
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "xmixed"})
        with _opener().open(request, timeout=timeout) as response:
            return _content(transfer, response, address, largest)
    except urllib.error.HTTPError as error:
        if error.code in (404, 410):
            raise not_found(address) from None
        raise StataError(672, "server refused to send file", hint=f"{address}: status {error.code}") from None
    except urllib.error.URLError as error:
        raise _connection_error(error.reason, address) from None
    except (http.client.InvalidURL, UnicodeError, ValueError):
        raise StataError(632, "web filename invalid", hint=address) from None
    except (http.client.HTTPException, OSError) as error:
        raise _connection_error(error, address) from None


def _opener() -> urllib.request.OpenerDirector:
    """Return an opener that knows http and https only: a redirection cannot lead to a local file."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler,
        urllib.request.HTTPHandler,
        *(
            [urllib.request.HTTPSHandler] if hasattr(urllib.request, "HTTPSHandler") else []
        ),  # Python without ssl
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def _content(transfer: _Transfer, response: http.client.HTTPResponse, address: str, largest: int) -> bytes:
    chunks, size = [], 0
    while (chunk := response.read1(_CHUNK)) and not transfer.given_up:
        size += len(chunk)
        if size > largest:
            raise StataError(672, "file too large", hint=f"{address}: more than {largest} bytes")
        chunks.append(chunk)
        transfer.size = size
    expected = response.headers.get("Content-Length", "")
    if expected.isdecimal() and size < int(expected):
        raise StataError(677, "remote connection failed", hint=f"{address}: {size} of {expected} bytes came")
    return b"".join(chunks)


def _connection_error(reason: object, address: str) -> StataError:
    if isinstance(reason, socket.gaierror):
        return StataError(631, "host not found", hint=address)
    if isinstance(reason, TimeoutError):
        return StataError(2, "connection timed out", hint=address)
    return StataError(677, "remote connection failed", hint=f"{address}: {reason}")
