"""Packages that some formats need and that are installed only where these are used."""

from __future__ import annotations

from importlib.util import find_spec

from xmixed.errors import StataError


def require_package(package: str, extra: str, what: str) -> None:
    """Fail with r(601), and the words that install it, where a package is not installed."""
    if find_spec(package) is None:
        raise StataError(
            601, f"{what} need {package}, which is not installed", hint=f"pip install 'xmixed[{extra}]'"
        )
