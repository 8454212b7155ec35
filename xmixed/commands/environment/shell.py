"""shell, `!`, winexec: commands of the operating system, once the user has allowed them."""

from __future__ import annotations

import subprocess

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.render.text import printable
from xmixed.session.state import SessionState


@command("!", syntax=Syntax("raw"), synopsis="! command", kind="control", keeps_r=True)
@command("shell", syntax=Syntax("raw"), synopsis="shell command", kind="control", keeps_r=True)
@command("winexec", syntax=Syntax("raw"), synopsis="winexec command", kind="control", keeps_r=True)
@command("xshell", syntax=Syntax("raw"), synopsis="xshell command", kind="control", keeps_r=True)
def shell(session: SessionState, node: Command) -> None:
    """A do-file of somebody else must not reach the operating system unasked: `set shell on` allows it."""
    if session.settings.remembered.get("shell") != "on":
        raise StataError(
            198,
            f"{node.name} runs commands of the operating system and is off",
            hint="set shell on allows it in this session",
        )
    text = str(node.argument or "").strip()
    if not text:
        raise StataError(198, f"{node.name} without a command would wait for an interactive shell")
    session.flush()
    done = subprocess.run(
        text,
        shell=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    shown = done.stdout.decode(errors="replace").splitlines()
    session.out.write(*(printable(line) for line in shown), "")
