"""set."""

from __future__ import annotations

from collections.abc import Callable

from xmixed.commands.registry import command, subcommand
from xmixed.commands.rows import room_of
from xmixed.data.dataset import DTYPES
from xmixed.data.growth import grown
from xmixed.errors import StataError
from xmixed.formats import is_date_format, is_string_format, is_valid_format, width_of
from xmixed.formats.reading import whole_number
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import wrap
from xmixed.session.state import SessionState

LINESIZE, MATSIZE, LEVEL = (40, 255), (10, 11000), (10.0, 99.99)
LARGEST_N, LARGEST_SEED = 2_147_483_619, 2_147_483_647
FORMAT_WIDTHS = {"cformat": 9, "pformat": 5, "sformat": 8}
"""Widest formats of coefficients, p-values and test statistics."""

Setter = Callable[[SessionState, str, str], None]


def _whole(name: str, word: str, low: int, high: int) -> int:
    """Return a whole number in a range; r(198) otherwise."""
    value = whole_number(word)
    if value is None:
        raise StataError(198, f"invalid {name}: '{word}'" if word else "invalid syntax")
    if not low <= value <= high:
        raise StataError(198, f"{name} must be between {low} and {high}")
    return value


def _switch(session: SessionState, name: str, word: str) -> None:
    if name == "more":
        word = {"1": "on", "0": "off"}.get(word, word)  # as it was written long ago
    if word not in {"on", "off"}:
        raise StataError(198, "invalid syntax")
    setattr(session.settings, name, word == "on")


def _linesize(session: SessionState, name: str, word: str) -> None:
    session.settings.linesize = _whole(name, word, *LINESIZE)


def _level(session: SessionState, name: str, word: str) -> None:
    try:
        level = float(word)
    except ValueError:
        raise StataError(198, "invalid syntax") from None
    if not LEVEL[0] <= level <= LEVEL[1]:
        raise StataError(198, "level() must be between 10 and 99.99 inclusive")
    session.settings.level = level


def _type(session: SessionState, name: str, word: str) -> None:
    if word not in DTYPES:
        raise StataError(198, "invalid syntax")
    session.settings.type = word


def _seed(session: SessionState, name: str, word: str) -> None:
    seed = _whole(name, word, 0, LARGEST_SEED)
    session.settings.seed = seed
    session.memory.reseed(seed)


def _format(session: SessionState, name: str, word: str) -> None:
    """`set cformat` alone goes back to the default."""
    if word:
        if not is_valid_format(word) or is_string_format(word) or is_date_format(word):
            raise StataError(120, "invalid %format")
        if width_of(word) > FORMAT_WIDTHS[name]:
            raise StataError(198, f"{name} may not be wider than {FORMAT_WIDTHS[name]}")
    setattr(session.settings, name, word)


def _showbaselevels(session: SessionState, name: str, word: str) -> None:
    if word not in {"on", "off", "all"}:
        raise StataError(198, "invalid syntax")
    session.settings.showbaselevels = "" if word == "off" else word


def _observations(session: SessionState, name: str, word: str) -> None:
    data = session.data
    before, now = data.n_obs, _whole(name, word, 0, LARGEST_N)
    if now < before:
        raise StataError(198, f"obs must be at least {before}; use drop to remove observations")
    if now == before:
        return
    room_of(session).require(now, data)
    session.data = grown(data, now)
    session.out.write(f"obs was {before}, now {now}")


def _memory(session: SessionState, name: str, word: str) -> None:
    said = (
        "Memory no longer needs to be set in modern Statas; memory adjustments are performed on the fly"
        " automatically."
    )
    folded = wrap(said, session.settings.linesize - 4)
    session.out.write("set memory ignored.", *(f"    {line}" for line in folded))


def _matsize(session: SessionState, name: str, word: str) -> None:
    """Matrices have no limit here; the number is only checked and remembered."""
    session.settings.remembered[name] = str(_whole(name, word, *MATSIZE))


def _scheme(session: SessionState, name: str, word: str) -> None:
    """Set the look of graphs; a scheme that users wrote does not stop a do-file."""
    from xmixed.graphics.schemes import SCHEMES

    if not word:
        raise StataError(198, "invalid syntax")
    if word in SCHEMES:
        session.settings.scheme = word
    else:
        session.out.write(f"(note:  scheme {word} not found; graphs keep {session.settings.scheme})")


def _graphics(session: SessionState, name: str, word: str) -> None:
    """Set whether graphs are shown, and where: in windows or files, or among the output of the commands."""
    if word not in ("on", "off", "terminal"):
        raise StataError(198, "invalid syntax")
    session.settings.graphics = word


def _output(session: SessionState, name: str, word: str) -> None:
    """Set what is shown: everything, output without the commands, or errors alone."""
    if word not in ("inform", "proc", "error"):
        raise StataError(198, "invalid syntax")
    session.settings.output = word
    session.out.quiet = word == "error"


SETTERS: dict[str, Setter] = {
    "obs": _observations,
    "linesize": _linesize,
    "level": _level,
    "more": _switch,
    "type": _type,
    "seed": _seed,
    "cformat": _format,
    "pformat": _format,
    "sformat": _format,
    "lstretch": _switch,
    "showbaselevels": _showbaselevels,
    "showomitted": _switch,
    "showemptycells": _switch,
    "rmsg": _switch,
    "trace": _switch,
    "output": _output,
    "memory": _memory,
    "matsize": _matsize,
    "graphics": _graphics,
    "scheme": _scheme,
}
"""What sets each setting."""
PERMANENTLY = OptionSpec("permanently", "perm", help="accepted: it lasts for the session")


@command(
    "set",
    syntax=Syntax("words"),
    synopsis="set {obs|linesize|level|more|type|seed|cformat|pformat|sformat|lstretch|showbaselevels"
    "|showomitted|showemptycells|matsize|graphics|scheme} value",
    keeps_r=True,
)
def set_command(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


def _set(session: SessionState, node: Command) -> None:
    if len(node.argument) > 1:
        raise StataError(198, "invalid syntax")
    name = node.name.removeprefix("set ")
    SETTERS[name](session, name, "".join(node.argument))


for _name in SETTERS:
    subcommand(
        "set",
        _name,
        syntax=Syntax("words", options=(PERMANENTLY,)),
        synopsis=f"set {_name} value",
        keeps_r=True,
    )(_set)
