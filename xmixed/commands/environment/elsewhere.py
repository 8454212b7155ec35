"""Commands about what is not here: windows, installed packages; do-files go on where they can."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.session.state import SessionState


@command("cls", syntax=Syntax(), synopsis="cls", kind="control", keeps_r=True)
def cls(session: SessionState, node: Command) -> None:
    pass


@command("ssc", syntax=Syntax("raw"), synopsis="ssc install package", kind="control", keeps_r=True)
@command("net", syntax=Syntax("raw"), synopsis="net install package", kind="control", keeps_r=True)
@command("update", syntax=Syntax("raw"), synopsis="update all", kind="control", keeps_r=True)
def install(session: SessionState, node: Command) -> None:
    """What is not there fails when it is used."""
    session.out.write(
        f"(note: {node.name} installs nothing here; commands are found in the current folder and along the"
        " adopath)"
    )


@command("browse", syntax=Syntax("raw"), synopsis="browse ...", kind="control", keeps_r=True)
@command("edit", syntax=Syntax("raw"), synopsis="edit ...", kind="control", keeps_r=True)
@command("doedit", syntax=Syntax("raw"), synopsis="doedit ...", kind="control", keeps_r=True)
@command("view", syntax=Syntax("raw"), synopsis="view ...", kind="control", keeps_r=True)
@command("window", syntax=Syntax("raw"), synopsis="window ...", kind="control", keeps_r=True)
@command("search", syntax=Syntax("raw"), synopsis="search ...", kind="control", keeps_r=True)
@command("findit", syntax=Syntax("raw"), synopsis="findit ...", kind="control", keeps_r=True)
@command("hsearch", syntax=Syntax("raw"), synopsis="hsearch ...", kind="control", keeps_r=True)
@command("db", syntax=Syntax("raw"), synopsis="db ...", kind="control", keeps_r=True)
def window(session: SessionState, node: Command) -> None:
    session.out.write("request ignored because of batch mode")
