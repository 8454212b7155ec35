"""hettest, ovtest, dwstat, lfit and others: what subcommands of estat were called before."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState

_NOW = {"lfit": "gof", "lstat": "classification", "dwstat": "dwatson", "durbina": "durbinalt"}


@command("hettest", syntax=Syntax("raw"), synopsis="hettest ...: see estat hettest", needs=("estimates",))
@command("ovtest", syntax=Syntax("raw"), synopsis="ovtest [, rhs]: see estat ovtest", needs=("estimates",))
@command(
    "imtest", syntax=Syntax("raw"), synopsis="imtest [, options]: see estat imtest", needs=("estimates",)
)
@command("szroeter", syntax=Syntax("raw"), synopsis="szroeter ...: see estat szroeter", needs=("estimates",))
@command("lfit", syntax=Syntax("raw"), synopsis="lfit [, group(#)]: see estat gof", needs=("estimates",))
@command("lstat", syntax=Syntax("raw"), synopsis="lstat ...: see estat classification", needs=("estimates",))
@command("dwstat", syntax=Syntax("raw"), synopsis="dwstat: see estat dwatson", needs=("estimates",))
@command("durbina", syntax=Syntax("raw"), synopsis="durbina ...: see estat durbinalt", needs=("estimates",))
@command("bgodfrey", syntax=Syntax("raw"), synopsis="bgodfrey ...: see estat bgodfrey", needs=("estimates",))
@command("archlm", syntax=Syntax("raw"), synopsis="archlm ...: see estat archlm", needs=("estimates",))
def former(session: SessionState, node: Command) -> None:
    session.execute(f"estat {_NOW.get(node.name, node.name)} {node.argument}".rstrip())
