"""Macro functions of the session and the machine: folders, names of results, what `display` shows."""

from __future__ import annotations

import fnmatch
import os

from xmixed.errors import StataError
from xmixed.expressions.macros.registry import invalid, macro_function
from xmixed.language.programs.tokens import next_token, without_quotes
from xmixed.output import Line
from xmixed.session.results import Results
from xmixed.session.state import SessionState


@macro_function("display")
def display(session: SessionState, text: str) -> str:
    """Run `display` and take what it prints."""
    printed: list[Line] = []
    out = session.out
    kept = out.sinks, out.quiet, out.pending  # a line that is still open is none of its business
    out.sinks, out.quiet, out.pending = [printed.append], False, ()
    try:
        session.execute(f"display {text}")
        out.end_line()
    finally:
        out.sinks, out.quiet, out.pending = kept
    return "".join(item.text for item in printed)


@macro_function("constraint")
def constraint(session: SessionState, text: str) -> str:
    """`constraint #`: what it says; `constraint dir`: the numbers there are."""
    word = text.strip()
    if word == "dir":
        return " ".join(map(str, sorted(session.constraints)))
    if not word.isdigit():
        raise invalid()
    return session.constraints.get(int(word), "")


@macro_function("environment")
def environment(session: SessionState, text: str) -> str:
    return os.environ.get(without_quotes(text.strip()), "")


@macro_function("sysdir")
def sysdir(session: SessionState, text: str) -> str:
    word = without_quotes(text.strip())
    return session.ado_path.folders.get(word.upper(), word)


@macro_function("adosubdir")
def adosubdir(session: SessionState, text: str) -> str:
    name = without_quotes(text.strip())
    return name[:1].lower() if name[:1].isalpha() else "_"


@macro_function("dir")
def dir_(session: SessionState, text: str) -> str:
    """`dir "folder" {files|dirs|other} "pattern" [, nofail respectcase]`: names in quotes."""
    folder = next_token(text)
    kind = next_token(folder.rest)
    pattern = next_token(kind.rest)
    options = set(pattern.rest.replace(",", " ").split())
    if kind.text not in ("files", "dirs", "other") or options - {"nofail", "respectcase"}:
        raise invalid()
    path = os.path.expanduser(folder.text or ".")
    if not os.path.isdir(path):
        raise StataError(170, f"unable to change to {folder.text}")
    tests = {"files": os.path.isfile, "dirs": os.path.isdir}
    names = sorted(name for name in os.listdir(path) if fnmatch.fnmatchcase(name, pattern.text or "*"))
    chosen = [name for name in names if kind.text in tests and tests[kind.text](os.path.join(path, name))]
    return " ".join(f'"{name}"' for name in chosen)


@macro_function("all")
def all_(session: SessionState, text: str) -> str:
    """`all {globals|scalars|matrices} ["pattern"]`, `all {numeric|string} scalars`"""
    words = text.split()
    kind = words.pop(0) if words else ""
    if kind in ("numeric", "string") and words and words[0] == "scalars":
        words.pop(0)
        found = [
            name for name, value in session.scalars.items() if isinstance(value, str) == (kind == "string")
        ]
    else:
        tables = {"globals": session.global_macros, "scalars": session.scalars, "matrices": session.matrices}
        if kind not in tables:
            raise invalid()
        found = list(tables[kind])
    pattern = without_quotes(" ".join(words)) or "*"
    return " ".join(name for name in found if fnmatch.fnmatchcase(name, pattern))


@macro_function("properties")
def properties(session: SessionState, text: str) -> str:
    program = session.programs.get(text.strip())
    return program.properties if program else ""


@macro_function("results")
def results(session: SessionState, text: str) -> str:
    program = session.programs.get(text.strip())
    return "" if program is None or program.kind == "nclass" else program.kind[0]


def _names(results: Results, text: str) -> str:
    kind = text.strip().removeprefix("(").removesuffix(")").strip()
    tables = {"scalars": results.scalars, "macros": results.macros, "matrices": results.matrices}
    if kind == "functions":
        return "sample" if getattr(results, "mark", "") else ""
    if kind not in tables:
        raise invalid()
    return " ".join(tables[kind])


@macro_function("e")
def e_names(session: SessionState, text: str) -> str:
    return _names(session.e, text)


@macro_function("r")
def r_names(session: SessionState, text: str) -> str:
    return _names(session.r, text)


@macro_function("s")
def s_names(session: SessionState, text: str) -> str:
    return _names(session.s, text)
