"""Names that nobody has had before, for what goes when a program or do-file ends."""

from __future__ import annotations

from xmixed.session.frames import Temporary
from xmixed.session.state import SessionState

DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def temporary_name(session: SessionState) -> str:
    """Return a name that was never given out before: `__000000`, six digits in base 36."""
    number, digits = session.temporary_names, ""
    session.temporary_names += 1
    for _ in range(6):
        number, digit = divmod(number, 36)
        digits = DIGITS[digit] + digits
    return f"__{digits}"


def temporary_variable(session: SessionState) -> str:
    """Return the name of a variable that goes when the program or do-file ends."""
    name = temporary_name(session)
    session.frame.temporaries.append(Temporary("variable", name))
    return name
