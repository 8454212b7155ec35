"""`postfile`, `post`, `postclose`: results of simulations, written row by row."""

from __future__ import annotations

import os

import numpy as np

from xmixed.commands.registry import command
from xmixed.data.columns import new_variable
from xmixed.data.dataset import Dataset, is_string_type
from xmixed.errors import StataError
from xmixed.expressions.compiled import evaluate_text
from xmixed.expressions.typed.parts import new_names
from xmixed.language.nodes import Command
from xmixed.language.programs.tokens import next_token
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word
from xmixed.session.open_files import PostFile
from xmixed.session.state import SessionState


@command(
    "postfile",
    syntax=Syntax(
        "text",
        using=True,
        options=(
            OptionSpec("double", "d", help="store numbers in double precision"),
            OptionSpec("every", "e", "integer", help="accepted: the file is written when it is closed"),
            OptionSpec("replace", "replace", help="write over a file that exists"),
        ),
    ),
    synopsis="postfile handle newvarlist using filename [, double every(#) replace]",
    keeps_r=True,
)
def postfile(session: SessionState, node: Command) -> None:
    handle, end = split_command_word(str(node.argument))
    if node.using is None:
        raise StataError(100, "using required")
    if handle in session.post_files:
        raise StataError(110, f"post {handle} already exists")
    default = "double" if node.option("double") else "float"
    found = new_names(str(node.argument)[end:], Dataset(), default)
    if not handle or not found.names:
        raise StataError(100, "varlist required")
    if len(set(found.names)) < len(found.names):
        raise StataError(110, "already defined")
    path = node.using if os.path.splitext(node.using)[1] else f"{node.using}.dta"
    if os.path.exists(os.path.expanduser(path)) and not node.option("replace"):
        raise StataError(602, f"file {path} already exists")
    session.post_files[handle] = PostFile(path, found.names, found.types)


def _known(session: SessionState, handle: str) -> PostFile:
    if handle not in session.post_files:
        raise StataError(111, f"post {handle} not found")
    return session.post_files[handle]


@command("post", syntax=Syntax("raw"), synopsis="post handle (exp) (exp) ...", keeps_r=True)
def post(session: SessionState, node: Command) -> None:
    handle, end = split_command_word(str(node.argument))
    target = _known(session, handle)
    values: list[float | str] = []
    rest = str(node.argument)[end:]
    while rest.strip():
        token = next_token(rest, match=True)
        if not token.matched:
            raise StataError(198, "invalid syntax")
        values.append(evaluate_text(session, token.text))
        rest = token.rest
    if len(values) != len(target.names):
        raise StataError(198, "invalid syntax", hint=f"{len(target.names)} expressions are wanted")
    for value, storage_type in zip(values, target.types, strict=True):
        if isinstance(value, str) != is_string_type(storage_type):
            raise StataError(109, "type mismatch")
    target.rows.append(values)


@command("postclose", syntax=Syntax("words"), synopsis="postclose handle", keeps_r=True)
def postclose(session: SessionState, node: Command) -> None:
    if len(node.argument) != 1:
        raise StataError(198, "invalid syntax")
    from xmixed.data.files.dta.writer import write_dta

    handle = node.argument[0]
    target = _known(session, handle)
    write_dta(_dataset(target), target.path, replace=True)
    del session.post_files[handle]


@command("postutil", syntax=Syntax("words"), synopsis="postutil {dir|clear}", keeps_r=True)
def postutil(session: SessionState, node: Command) -> None:
    """List the files of results that are open, or give them up: what was posted is not written."""
    if node.argument == ("clear",):
        session.post_files.clear()
    elif node.argument == ("dir",):
        shown = [f"{handle:<14} {target.path}" for handle, target in sorted(session.post_files.items())]
        session.out.write(*shown or ["(no postfiles open)"])
    else:
        raise StataError(198, "invalid syntax")


def _dataset(target: PostFile) -> Dataset:
    variables = []
    for place, (name, storage_type) in enumerate(zip(target.names, target.types, strict=True)):
        kind = object if is_string_type(storage_type) else np.float64
        values = np.empty(len(target.rows), dtype=kind)
        values[:] = [row[place] for row in target.rows]
        variables.append(new_variable(name, storage_type, values))
    return Dataset(variables=tuple(variables), n_obs=len(target.rows))
