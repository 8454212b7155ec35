"""Fetching a file by http or https."""

from __future__ import annotations

import http.client
import re
import socket
import urllib.error
import urllib.request

from xmixed.data.files.dta.source import not_found
from xmixed.errors import StataError

TIMEOUT = 30.0
"""Seconds without an answer after which a server counts as dead."""

LARGEST = 1 << 30
"""Bytes; a larger file is not fetched."""

_CHUNK = 1 << 18


def fetch(address: str, timeout: float = TIMEOUT, largest: int = LARGEST) -> bytes:
    """Return the content at an address; redirections are followed, to http and https only.

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
    try:
        request = urllib.request.Request(address, headers={"User-Agent": "xmixed"})
        with _opener().open(request, timeout=timeout) as response:
            return _content(response, address, largest)
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
        urllib.request.HTTPSHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
        urllib.request.UnknownHandler,
    ):
        opener.add_handler(handler())
    return opener


def _content(response: http.client.HTTPResponse, address: str, largest: int) -> bytes:
    chunks, size = [], 0
    while chunk := response.read(_CHUNK):
        size += len(chunk)
        if size > largest:
            raise StataError(672, "file too large", hint=f"{address}: more than {largest} bytes")
        chunks.append(chunk)
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
