"""What ends a command or a do-file without being a mistake in it."""

from __future__ import annotations

from xmixed.errors import StataError


class Break(StataError):
    """Ctrl-C: `--Break--`, r(1). `capture` lets it pass."""

    def __init__(self) -> None:
        super().__init__(1, "--Break--")


class OutputLost(BaseException):
    """What is printed can no longer be written: the disk is full. Ends the program, captured or not."""

    def __init__(self, target: str, reason: str) -> None:
        super().__init__(f"cannot write {target}: {reason}")


class ExitRequest(BaseException):
    """Raised by `exit`: ends the innermost do-file, or the whole session.

    A BaseException, so that no handler of errors takes it for one.

    Attributes
    ----------
    code : int
        Return code that the do-file ends with; 0 for none.
    everything : bool
        Leave the session, not only the do-file.
    """

    def __init__(self, code: int = 0, everything: bool = False) -> None:
        super().__init__()
        self.code = code
        self.everything = everything


class LoopSignal(BaseException):
    """Raised by `continue`: ends the round of the innermost loop, or the loop.

    Attributes
    ----------
    leaves : bool
        Leave the loop (`continue, break`).
    """

    def __init__(self, leaves: bool) -> None:
        super().__init__()
        self.leaves = leaves
