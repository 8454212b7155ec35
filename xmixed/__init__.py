"""xmixed: an interpreter for Stata's command language whose heart is `xtmixed`.

>>> import xmixed
>>> session = xmixed.Session()
>>> session.run("display 1+2")
'3\\n'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xmixed.version import __version__

if TYPE_CHECKING:
    from xmixed.errors import StataError as StataError
    from xmixed.interpreter.session import Session as Session

__all__ = ["Session", "StataError", "__version__"]


def __getattr__(name: str) -> Any:
    # The public names load on first use: the console sets BLAS threads before anything imports numpy.
    if name == "Session":
        from xmixed.interpreter.session import Session

        return Session
    if name == "StataError":
        from xmixed.errors import StataError

        return StataError
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
