"""dir, ls, mkdir, rmdir, erase, rm, copy, type: files and folders of the machine."""

from __future__ import annotations

import os

from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import printable
from xmixed.session.results import Results
from xmixed.session.state import SessionState


def _path(name: str) -> str:
    return os.path.expanduser(name)


def _not_found(name: str) -> StataError:
    return StataError(601, f"file {name} not found")


def _named(node: Command) -> str:
    if not node.argument:
        raise StataError(198, "invalid file specification")
    return node.argument


_LISTING = Syntax("filename", options=(OptionSpec("wide", "w", help="names alone, several in a line"),))


@command("dir", syntax=_LISTING, synopsis="dir [pattern] [, wide]", keeps_r=True)
@command("ls", syntax=_LISTING, synopsis="ls [pattern] [, wide]", keeps_r=True)
def directory(session: SessionState, node: Command) -> None:
    from xmixed.data.files.listing import list_folder
    from xmixed.render.layouts.listing import render_listing, render_wide

    found = list_folder(node.argument or "")
    if not found:
        return
    render = render_wide if node.option("wide") else render_listing
    session.out.write("", *render(found, session.settings.linesize))


@command(
    "mkdir",
    syntax=Syntax("filename", options=(OptionSpec("public", "pub", help="readable by all"),)),
    synopsis="mkdir folder [, public]",
    keeps_r=True,
)
def mkdir(session: SessionState, node: Command) -> None:
    name = _named(node)
    try:
        os.mkdir(_path(name), 0o777 if node.option("public") else 0o755)
    except (OSError, ValueError):
        raise StataError(693, f"could not create directory {name}") from None


@command("rmdir", syntax=Syntax("filename"), synopsis="rmdir folder", keeps_r=True)
def rmdir(session: SessionState, node: Command) -> None:
    name = _named(node)
    try:
        os.rmdir(_path(name))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise StataError(601, f"directory {name} not found") from None
    except OSError as error:
        raise StataError(693, f"could not remove directory {name}", hint=error.strerror or "") from None


@command("erase", syntax=Syntax("filename"), synopsis="erase filename", keeps_r=True)
@command("rm", syntax=Syntax("filename"), synopsis="rm filename", keeps_r=True)
def erase(session: SessionState, node: Command) -> None:
    name = _named(node)
    path = _path(name)
    if os.path.isdir(path):
        raise StataError(603, f"file {name} could not be opened", hint="it is a folder: rmdir removes it")
    try:
        os.remove(path)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        raise _not_found(name) from None
    except OSError:
        text = f"file {name} cannot be modified or erased; likely cause is read-only directory or file"
        raise StataError(608, text) from None


@command(
    "copy",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("replace", "replace", help="overwrite the file"),
            OptionSpec("public", "pub", help="readable by all"),
            OptionSpec("text", "text", help="ends of lines as this system has them"),
        ),
    ),
    synopsis="copy filename1 filename2 [, replace public text]",
    keeps_r=True,
)
def copy(session: SessionState, node: Command) -> None:
    from xmixed.data.files.atomic_file import replace_file
    from xmixed.data.files.content import read_content

    if len(node.argument) != 2 or not all(node.argument):
        raise StataError(198, "invalid syntax")
    source, target = node.argument
    path = _path(target)
    if os.path.isdir(path):
        target = path = os.path.join(path, source.replace("\\", "/").rsplit("/", 1)[-1])
    content = read_content(source, 2.0).raw
    if node.option("text"):
        plain = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        content = plain.replace(b"\n", os.linesep.encode())
    with replace_file(target, bool(node.option("replace"))) as stream:
        stream.write(content)
    if node.option("public"):
        os.chmod(path, 0o644)


@command(
    "type",
    syntax=Syntax(
        "filename",
        options=(
            OptionSpec("asis", "asis", help="markup of SMCL files as it is"),
            OptionSpec("showtabs", "showt", help="tabs as <T>"),
        ),
    ),
    synopsis="type filename [, asis showtabs]",
    keeps_r=True,
)
def type_(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import read_content
    from xmixed.data.files.delimited.encoding import plain_text

    content = plain_text(read_content(_named(node), 4.0).raw).content.decode("utf-8")
    marked = bool(node.option("showtabs"))
    lines = content.removesuffix("\n").split("\n") if content else []
    if _named(node).endswith(".smcl") and not node.option("asis"):
        from xmixed.render.smcl import plain_lines

        lines = plain_lines(content, session.settings.linesize)
    session.out.write(
        "", *(printable(line.replace("\t", "<T>") if marked else line.expandtabs(8)) for line in lines)
    )


@command(
    "checksum",
    syntax=Syntax(
        "filename",
        options=(
            OptionSpec("save", "sa", help="write the sum to filename.sum"),
            OptionSpec("replace", "re", help="overwrite the file of the sum"),
            OptionSpec("saving", "saving", "text", "file that takes the sum [, replace]"),
        ),
    ),
    synopsis="checksum filename [, save replace saving(filename [, replace])]",
)
def checksum(session: SessionState, node: Command) -> None:
    """The sum of POSIX's cksum."""
    from xmixed.data.files.content import read_content
    from xmixed.statistics.checksums import posix_checksum

    name = _named(node)
    content = read_content(name, 2.0).raw
    total = posix_checksum(content)
    session.out.write(f"Checksum for {printable(name)} = {total}, size = {len(content)}")
    session.r = Results({"version": 2.0, "filelen": float(len(content)), "checksum": float(total)}, {}, {})
    target, replaces = _sum_file(node, name)
    if target:
        from xmixed.commands.files.memory import say_if_new
        from xmixed.data.files.atomic_file import replace_file

        if replaces:
            say_if_new(session, target)
        with replace_file(target, replaces) as stream:
            stream.write(f"2 {len(content)} {total}\n".encode())
        session.out.write(f"file {printable(target)} saved")


def _sum_file(node: Command, name: str) -> tuple[str, bool]:
    from xmixed.language.options import split_suboptions

    if "saving" in node.options:
        target, words = split_suboptions(node.options["saving"].text)
        if not set(words) <= {"replace"} or not target:
            raise StataError(198, "option saving() incorrectly specified")
        return target, bool(words) or bool(node.option("replace"))
    return (f"{name}.sum" if node.option("save") else ""), bool(node.option("replace"))
