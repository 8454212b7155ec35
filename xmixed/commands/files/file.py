"""`file`: files of text and of bytes that programs read and write."""

from __future__ import annotations

import os

from xmixed.commands.registry import command, subcommand
from xmixed.data.files.packing import layout_of, packed, unpacked
from xmixed.data.names import is_valid_name
from xmixed.errors import StataError
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_number, evaluate_scalar
from xmixed.formats import format_string, format_value, is_valid_format
from xmixed.language.nodes import Command
from xmixed.language.nodes.arguments import DisplayItem
from xmixed.language.options import unquote
from xmixed.language.parser import parse_command
from xmixed.language.programs.tokens import replace_word
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word
from xmixed.session.open_files import ByteOrder, OpenFile
from xmixed.session.results import Results
from xmixed.session.state import SessionState

MOST = 32_767
ORDERS: dict[str, ByteOrder] = {"hilo": ">", "1": ">", "lohi": "<", "2": "<"}


@command(
    "file",
    syntax=Syntax("raw"),
    synopsis="file {open|read|write|seek|set|close|query} ...",
    keeps_r=True,
)
def file(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


def _known(session: SessionState, handle: str) -> OpenFile:
    if handle not in session.open_files:
        raise StataError(111, f"file handle {handle} not found")
    return session.open_files[handle]


@subcommand(
    "file",
    "open",
    syntax=Syntax(
        "words",
        using=True,
        options=(
            OptionSpec("read", "r", help="read from the file"),
            OptionSpec("write", "w", help="write to the file"),
            OptionSpec("text", "t", help="a file of text, as it is without"),
            OptionSpec("binary", "b", help="a file of bytes"),
            OptionSpec("replace", "replace", help="write over a file that exists"),
            OptionSpec("append", "append", help="write at the end of a file that exists"),
            OptionSpec("all", "all", help="as replace or append ask, in every way of writing"),
        ),
        exclusive=(("replace", "append"), ("text", "binary")),
    ),
    synopsis="file open handle using filename, {read|write|read write} [text|binary replace append all]",
    keeps_r=True,
)
def open_(session: SessionState, node: Command) -> None:
    if len(node.argument) != 1:
        raise StataError(198, "invalid syntax")
    handle = node.argument[0]
    if node.using is None:
        raise StataError(100, "using required")
    if handle in session.open_files:
        raise StataError(110, f"file handle {handle} already exists")
    reads, writes = bool(node.option("read")), bool(node.option("write"))
    if not reads and not writes:
        raise StataError(198, "option read or write required")
    path = os.path.expanduser(node.using)
    exists = os.path.exists(path)
    if reads and not exists and not writes:
        raise StataError(601, f"file {node.using} not found")
    if writes and not reads and exists and not node.option("replace") and not node.option("append"):
        raise StataError(602, f"file {node.using} already exists")
    if node.option("append"):
        mode = "ab+" if reads else "ab"
    elif reads and writes:
        mode = "rb+" if exists and not node.option("replace") else "wb+"
    else:
        mode = "rb" if reads else "wb"
    try:
        stream = open(path, mode)
    except OSError:
        raise StataError(603, f"file {node.using} could not be opened") from None
    if node.option("replace") and not exists:
        session.out.write(f"(note: file {node.using} not found)")
    session.open_files[handle] = OpenFile(path, stream, reads, writes, bool(node.option("binary")))


@subcommand(
    "file",
    "write",
    syntax=Syntax("raw"),
    synopsis='file write handle ["text"|(exp)|%fmt (exp)|_n|_tab|_col(#)|_skip(#)|_char(#)] ...',
    keeps_r=True,
)
def write(session: SessionState, node: Command) -> None:
    handle, end = split_command_word(node.argument)
    target = _known(session, handle)
    if not target.writes:
        raise StataError(603, f"file {target.path} could not be opened")
    # `_tab (x)` would read as the call of a function
    directives = replace_word(node.argument[end:], "_tab", "_char(9)")
    typed = parse_command("file write", Syntax("display"), directives, 0)
    assert isinstance(typed, Command)
    context = Context.of(session)
    if target.binary:
        target.write(b"".join(_bytes_of(item, context, target.order) for item in typed.argument))
        return
    parts: list[str] = []
    for item in typed.argument:
        column = _column_after(target.column, "".join(parts))
        parts.append(_text_of(item, context, column))
    text = "".join(parts)
    target.write(text.encode("utf-8", "surrogateescape"))
    target.column = _column_after(target.column, text)


def _column_after(column: int, text: str) -> int:
    newline = text.rfind("\n")
    return column + len(text) if newline < 0 else len(text) - newline - 1


def _text_of(item: DisplayItem, context: Context, column: int) -> str:
    if item.kind == "text":
        return item.text
    if item.kind == "expression":
        return _value_of(item, context)
    count = 1
    if item.expression is not None:
        count = int(max(0, min(evaluate_number(item.expression, context), MOST)))
    if item.directive == "_newline":
        return "\n" * count
    if item.directive == "_skip":
        return " " * count
    if item.directive == "_column":
        return " " * max(0, count - 1 - column)
    if item.directive == "_char":
        return chr(count)
    raise StataError(198, "invalid syntax", item.span)


def _value_of(item: DisplayItem, context: Context) -> str:
    assert item.expression is not None
    if item.format and not is_valid_format(item.format):
        raise StataError(120, "invalid %format", item.span)
    value = evaluate_scalar(item.expression, context)
    if isinstance(value, str):
        return format_string(value, item.format) if item.format else value
    return format_value(value, item.format) if item.format else format_value(value, "%10.0g").strip()


def _bytes_of(item: DisplayItem, context: Context, order: str) -> bytes:
    """Return what an element of `file write` puts into a binary file; each value has its format."""
    if item.kind != "expression" or not item.format or item.expression is None:
        raise StataError(198, "invalid syntax", item.span, "in binary files each value has a format: %4b (x)")
    return packed(evaluate_scalar(item.expression, context), layout_of(item.format), order)


@subcommand(
    "file", "read", syntax=Syntax("words"), synopsis="file read handle {lclname | %fmt name [%fmt name ...]}"
)
def read(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(198, "invalid syntax")
    handle, *words = node.argument
    source = _known(session, handle)
    if not source.reads:
        raise StataError(603, f"file {source.path} could not be opened")
    if source.binary:
        _read_values(session, source, words)
    elif len(words) != 1:
        raise StataError(198, "invalid syntax")
    else:
        _read_line(session, source, words[0])


def _read_line(session: SessionState, source: OpenFile, macro: str) -> None:
    text, ending = source.read_line()
    status = {"\n": "unix", "\r\n": "win", "\r": "mac"}.get(ending, "none")
    session.r = Results(scalars={"eof": float(not text + ending)}, macros={"status": status})
    session.locals.pop(macro, None)
    if text:
        session.locals[macro] = text


def _read_values(session: SessionState, source: OpenFile, words: list[str]) -> None:
    """Read numbers into scalars and text into local macros; at the end of the file nothing is read."""
    if len(words) % 2 or not words:
        raise StataError(198, "invalid syntax")
    eof = False
    for fmt, name in zip(words[::2], words[1::2], strict=True):
        if not is_valid_name(name):
            raise StataError(198, f"{name} invalid name")
        layout = layout_of(fmt)
        content = source.read(layout.size)
        eof = eof or len(content) < layout.size
        if eof:
            break
        value = unpacked(content, layout, source.order)
        if isinstance(value, str):
            session.locals[name] = value
        else:
            session.scalars[name] = value
    session.r = Results(scalars={"eof": float(eof)}, macros={"status": "none"})


@subcommand(
    "file", "set", syntax=Syntax("words"), synopsis="file set handle byteorder {hilo|lohi|1|2}", keeps_r=True
)
def set_(session: SessionState, node: Command) -> None:
    if len(node.argument) != 3 or node.argument[1] != "byteorder" or node.argument[2] not in ORDERS:
        raise StataError(198, "invalid syntax")
    _known(session, node.argument[0]).order = ORDERS[node.argument[2]]


@subcommand("file", "seek", syntax=Syntax("words"), synopsis="file seek handle {tof|eof|query|#}")
def seek(session: SessionState, node: Command) -> None:
    if len(node.argument) != 2:
        raise StataError(198, "invalid syntax")
    found = _known(session, node.argument[0])
    place = node.argument[1]
    if place == "tof":
        found.stream.seek(0)
    elif place == "eof":
        found.stream.seek(0, os.SEEK_END)
    elif place.isdigit():
        found.stream.seek(0, os.SEEK_END)
        if int(place) > found.stream.tell():
            raise StataError(651, "may not seek past end of file")
        found.stream.seek(int(place))
    elif place != "query":
        raise StataError(198, "invalid syntax")
    session.r = Results(scalars={"loc": float(found.stream.tell())})


@subcommand("file", "close", syntax=Syntax("words"), synopsis="file close {handle|_all}", keeps_r=True)
def close(session: SessionState, node: Command) -> None:
    if len(node.argument) != 1:
        raise StataError(198, "invalid syntax")
    handle = node.argument[0]
    for name in list(session.open_files) if handle == "_all" else [handle]:
        _known(session, name).stream.close()
        del session.open_files[name]


@subcommand("file", "query", syntax=Syntax(), keeps_r=True)
def query(session: SessionState, node: Command) -> None:
    for handle, found in session.open_files.items():
        session.out.write(f"{handle:>12}  {found.mode:<3} {unquote(found.path)}")
