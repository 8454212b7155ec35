"""Settings that are checked and remembered for `c()`; most have no effect, max_memory and shell do."""

from __future__ import annotations

from xmixed.commands.registry import subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.settings import REMEMBERED
from xmixed.session.state import SessionState


def _set(session: SessionState, node: Command) -> None:
    name = node.name.removeprefix("set ")
    setting = REMEMBERED[name]
    value = " ".join(node.argument)
    if setting.choices:
        fits = value in setting.choices
    elif setting.number:
        number = value.rstrip("bkmg").replace(".", "", 1).isdigit()
        fits = len(node.argument) == 1 and (number or value == setting.default)
    else:
        fits = bool(value)
    if not fits:
        raise StataError(198, "invalid syntax")
    session.settings.remembered[name] = value
    if name == "max_memory":
        for data in (session.data, *(frame.preserved for frame in session.frames)):
            if data is not None and data.reference is not None:
                data.reference.source.limit_memory(value)


PERMANENTLY = OptionSpec("permanently", "perm", help="accepted: it lasts for the session")

for _name in sorted(set(REMEMBERED) - {"matsize"}):
    subcommand(
        "set",
        _name,
        syntax=Syntax("words", options=(PERMANENTLY,)),
        synopsis=f"set {_name} value",
        keeps_r=True,
    )(_set)
