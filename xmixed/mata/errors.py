"""What goes wrong in Mata: codes with their texts, and the functions on the way out."""

from __future__ import annotations

from xmixed.errors import StataError

MESSAGES = {
    3000: "expression invalid",
    3001: "incorrect number of arguments",
    3010: "attempt to dereference NULL pointer",
    3011: "invalid lval",
    3012: "undefined operation on pointer",
    3101: "matrix found where function required",
    3102: "function found where matrix required",
    3200: "conformability error",
    3201: "vector required",
    3202: "rowvector required",
    3203: "colvector required",
    3204: "matrix found where scalar required",
    3205: "square matrix required",
    3250: "type mismatch",
    3251: "nonnumeric found where numeric required",
    3253: "nonreal found where real required",
    3254: "nonstring found where string required",
    3257: "nonpointer found where pointer required",
    3258: "void found where value required",
    3259: "nonstruct found where struct required",
    3300: "argument out of range",
    3301: "subscript invalid",
    3302: "invalid %fmt",
    3351: "argument has missing values",
    3352: "singular matrix",
    3353: "matrix not positive definite",
    3360: "failure to converge",
    3500: "invalid Stata variable name",
    3598: "Stata returned error",
    3900: "out of memory",
}
"""Texts of Mata's own return codes, from memory."""


class MataError(StataError):
    """An error of code that runs: `<istmt>:  3200  conformability error`.

    Attributes
    ----------
    text : str
        What went wrong.
    frames : list of str
        Names of the operator and functions it passed on its way out, the innermost first.
    """

    def __init__(self, code: int, text: str = "", hint: str = "") -> None:
        super().__init__(code, hint=hint)
        self.text = text or MESSAGES.get(code, "error")
        self.frames: list[str] = []

    def passing(self, frame: str) -> MataError:
        """Note a function or operator that the error leaves."""
        self.frames.append(frame)
        return self

    def traced(self) -> StataError:
        """Return what the user is told: one line for each function on the way out."""
        if len(self.frames) > LONGEST_TRACE:
            skipped = f"({len(self.frames) - LONGEST_TRACE} more)"
            half = LONGEST_TRACE // 2
            self.frames[half : len(self.frames) - half] = [skipped]
        first, *others = self.frames or ["<istmt>"]
        lines = [f"{first + ':':>25}{self.code:>6}  {self.text}"]
        lines += [f"{name + ':':>25}{'-':>6}  function returned error" for name in others]
        told = StataError(self.code, "\n".join(lines), hint=self.hint)
        return told


class MataExit(Exception):
    """`exit(rc)`: all that runs in Mata ends; the code is 0 for no error."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


LONGEST_TRACE = 20
"""Most functions that are named: recursion without end passes hundreds."""


def does_not_compile(message: str = "invalid expression") -> StataError:
    """Return the r(3000) error for text that is no Mata; nothing of it has run."""
    return StataError(3000, message)


def not_built(what: str) -> StataError:
    """Return the error for a part of Mata that does not exist here yet."""
    return StataError(3000, f"{what} not implemented in xmixed".replace("  ", " "))
