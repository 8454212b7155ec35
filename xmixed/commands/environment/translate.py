"""`translate`: SMCL files as plain text."""

from __future__ import annotations

import os

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.smcl import plain_lines
from xmixed.session.state import SessionState

TRANSLATORS = ("smcl2log", "smcl2txt")
SHORTEST, LONGEST = 40, 255


@command(
    "translate",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("replace", "r", help="overwrite a file that exists"),
            OptionSpec("translator", "t", "name", help="smcl2log or smcl2txt"),
            OptionSpec("linesize", "l", "integer", help="characters in a line"),
        ),
    ),
    synopsis="translate filename.smcl filename.{log|txt} [, replace translator(tname) linesize(#)]",
    keeps_r=True,
)
def translate(session: SessionState, node: Command) -> None:
    if len(node.argument) != 2:
        raise StataError(198, "invalid syntax")
    source, target = (os.path.expanduser(name) for name in node.argument)
    kinds = [os.path.splitext(name)[1].removeprefix(".") for name in (source, target)]
    translator = node.option("translator") or "2".join(kinds)
    if translator not in TRANSLATORS:
        hint = f"there are {' and '.join(TRANSLATORS)}"
        raise StataError(111, f"translator {translator} not found", hint=hint)
    linesize = node.option("linesize") or session.settings.linesize
    if not SHORTEST <= linesize <= LONGEST:
        raise StataError(198, f"linesize must be between {SHORTEST} and {LONGEST}")
    if os.path.exists(target) and not node.option("replace"):
        raise StataError(602, f"file {target} already exists")
    session.flush()  # the log that is open may be what is asked for
    lines = plain_lines(_read(source), linesize)
    try:
        with open(target, "w", encoding="utf-8", errors="surrogateescape") as stream:
            stream.write("".join(f"{line}\n" for line in lines))
    except OSError:
        raise StataError(603, f"file {target} could not be opened") from None
    session.out.write(f"(file {target} written in .{translator.partition('2')[2]} format)")


def _read(path: str) -> str:
    from xmixed.language.programs.text_files import read_text

    try:
        return read_text(path)
    except (OSError, ValueError):
        raise StataError(601, f"file {path} not found") from None
