"""Other data in place of those in memory."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec
from xmixed.session.state import SessionState

CLEAR = OptionSpec("clear", "clear", help="replace the data in memory even if they are not saved")
LOADING = (CLEAR, OptionSpec("replace", "replace", help="the same as clear"))
"""Options of use and its kin: scripts say replace where they mean clear, and Stata takes it so."""


def check_may_replace(
    session: SessionState, node: Command, allowing: tuple[OptionSpec, ...] = (CLEAR,)
) -> None:
    """Refuse to lose unsaved data (r(4)) unless one of the options that allow it was given."""
    data = session.data
    allowed = any(node.option(spec.name) for spec in allowing)
    if data.changed and (data.variables or data.n_obs) and not allowed:
        raise StataError(4, "no; data in memory would be lost")
