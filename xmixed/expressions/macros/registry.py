"""The macro functions by their first word."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from xmixed.errors import StataError
from xmixed.session.state import SessionState

MacroFunction = Callable[[SessionState, str], str]
"""Takes what follows the function's name."""

MODULES = {
    "words": "piece length subinstr list copy",
    "data": "type format variable value data sortedby label char permname tsnorm",
    "matrices": "rownames colnames rowfullnames colfullnames roweq coleq rownumb colnumb roweqnumb coleqnumb"
    " rowsof colsof rowvarlist colvarlist",
    "system": "constraint dir adosubdir sysdir environment all properties results display e r s",
}
"""Modules of this folder and the functions in them."""

_MODULE_OF = {name: module for module, names in MODULES.items() for name in names.split()}
_SHORT = {"var": "variable", "val": "value", "lab": "label", "di": "display", "env": "environment"}
_SHORT |= {"sort": "sortedby", "form": "format"}
_FUNCTIONS: dict[str, MacroFunction] = {}


def macro_function(name: str) -> Callable[[MacroFunction], MacroFunction]:
    """Register the decorated function under its first word."""

    def register(function: MacroFunction) -> MacroFunction:
        _FUNCTIONS[name] = function
        return function

    return register


def find_macro_function(word: str) -> MacroFunction | None:
    """Return the function that a first word means, full or shortened as Stata allows; None for none."""
    name = word
    if name not in _MODULE_OF:
        name = next(
            (full for short, full in _SHORT.items() if full.startswith(word) and word.startswith(short)), ""
        )
    if not name:
        return None
    if name not in _FUNCTIONS:
        importlib.import_module(f"xmixed.expressions.macros.{_MODULE_OF[name]}")
    return _FUNCTIONS[name]


def invalid() -> StataError:
    """Return the error of a macro function that makes no sense."""
    return StataError(198, "invalid syntax")
