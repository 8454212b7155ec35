"""nestreg and fracpoly: prefixes that are not there, and what to do instead."""

from __future__ import annotations

from collections.abc import Callable

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState

INSTEAD = {
    "nestreg": "fit the models one after the other, estimates store each, and lrtest or test the blocks",
    "fracpoly": "generate the powers, or use factor variables such as c.x##c.x, and compare by estat ic",
}


def _refusal(name: str, code: int, message: str) -> Callable[[SessionState, Command], None]:
    def handler(session: SessionState, node: Command) -> None:
        raise StataError(code, message, hint=INSTEAD[name])

    command(name, syntax=Syntax("raw"), synopsis=f"{name} ...: command", keeps_r=True)(handler)
    return handler


nestreg = _refusal("nestreg", 199, "nestreg is not available")
fracpoly = _refusal("fracpoly", 199, "fracpoly is not available")
