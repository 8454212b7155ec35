"""Macro functions that ask the session (`local x : variable label y`), and values as macros hold them."""

from __future__ import annotations

from xmixed.expressions.macros.registry import find_macro_function
from xmixed.formats.plain import number_text
from xmixed.language.programs.extended_functions import call_extended
from xmixed.language.words import split_command_word
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState


def value_as_text(session: SessionState, text: str) -> str:
    """Return the value of an expression as a macro holds it: strings as they are, numbers in %18.0g.

    Raises
    ------
    StataError
        The errors of the expression; r(198) when there is none.
    """
    from xmixed.expressions.compiled import evaluate_text

    value = evaluate_text(session, text)
    return value if isinstance(value, str) else number_text(value)


def saved_result_as_text(session: SessionState, kind: str, name: str) -> str:
    """Return what `r(N)', `c(level)' or `x[unit]' and the like stand for; "" where there is no result.

    Stata: a matrix is the word `matrix`, and e(sample) the word `function`.
    """
    if kind == "char":
        owner, _, rest = name.partition("[")
        return session.data.characteristics.get(owner, {}).get(rest.rstrip("]"), "")
    if kind == "return":
        found = (session.frame.returned or Results()).get(name, "")
        return (
            found if isinstance(found, str) else "matrix" if isinstance(found, Matrix) else number_text(found)
        )
    if kind != "c":
        results = {"e": session.e, "r": session.r, "s": session.s}[kind]
        if name in results.matrices:
            return "matrix"
        if kind == "e" and name == "sample" and session.e.mark:
            return "function"
        if name not in results:
            return ""
    return value_as_text(session, f"{kind}({name})")


def macro_function(session: SessionState, text: str) -> str:
    """Return the value of a macro function, given by the text behind the colon.

    Raises
    ------
    StataError
        r(198) for an unknown function, r(111) for an unknown variable.
    """
    return call_extended(
        text.strip(),
        session.locals,
        session.global_macros,
        lambda expression: value_as_text(session, expression),
        lambda function: session_function(session, function),
    )


def session_function(session: SessionState, text: str) -> str | None:
    """Return the value of a macro function that asks the session; None for any other."""
    text = text.strip()
    word, end = split_command_word(text)
    function = find_macro_function(word)
    return None if function is None else function(session, text[end:].strip())
