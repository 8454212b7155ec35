"""Other data in place of those in memory."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec
from xmixed.session.state import SessionState

CLEAR = OptionSpec("clear", "clear", help="replace the data in memory even if they are not saved")
LOADING = (CLEAR, OptionSpec("replace", "replace", help="the same as clear"))
"""Options of use and its kin: scripts say replace where they mean clear, and Stata takes it so."""


def check_may_replace(session: SessionState, node: Command) -> None:
    """Refuse to lose unsaved data (r(4)) unless the option clear, or replace, was given."""
    data = session.data
    if (
        data.changed
        and (data.variables or data.n_obs)
        and not (node.option("clear") or node.option("replace"))
    ):
        raise StataError(4, "no; data in memory would be lost")
