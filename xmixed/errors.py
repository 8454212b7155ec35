"""Errors a user can cause, by Stata return code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open range of character positions in the command line that was parsed."""

    start: int
    end: int


class StataError(Exception):
    """A failure a user can cause: printed as `message` and `r(code);`.

    Parameters
    ----------
    code : int
        Stata's return code.
    message : str
        The message as Stata words it; may be empty (`capture` of `error 9`).
    span : Span or None
        Where in the command line the offending token stands.
    hint : str
        One more line that helps with a typical slip; printed under the message.
    keeps_results : bool
        The command did its work all the same (r(430) after a fit that did not converge): its results stay.
    """

    def __init__(
        self,
        code: int,
        message: str = "",
        span: Span | None = None,
        hint: str = "",
        *,
        keeps_results: bool = False,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span
        self.hint = hint
        self.keeps_results = keeps_results
        self.output = ""  # what the run printed before it failed; set by Session.run
        self.command = ""  # the command line that failed, to which `span` belongs
        self.printed = False  # its message has been shown
        self.seconds = 0.0  # how long the command ran that failed

    def __str__(self) -> str:
        return f"{self.message} r({self.code});"


def syntax_error(message: str = "invalid syntax", span: Span | None = None, hint: str = "") -> StataError:
    """Return the r(198) error for text that does not parse."""
    return StataError(198, message, span, hint)


def variable_not_found(name: str, span: Span | None = None) -> StataError:
    """Return the r(111) error for a name in a varlist that is no variable."""
    return StataError(111, f"variable {name} not found", span)
