"""import delimited, insheet: text files of rows and columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xmixed.commands.files.memory import CASES, check_empty, file_name, install, new_names_before_using
from xmixed.commands.registry import command, subcommand
from xmixed.commands.replacing import CLEAR, check_may_replace
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.options import split_suboptions
from xmixed.language.parser import parse_numlist
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.data.files.content import Content, FileOnDisk
    from xmixed.data.files.delimited.options import Separators

COPIES = 4.0
"""How many times the size of a file the work on it needs."""


@command("import", syntax=Syntax("raw"), synopsis="import {delimited | excel | ...} filename ...")
def import_(session: SessionState, node: Command) -> None:
    raise StataError(198, "invalid syntax")


@subcommand(
    "import",
    "delimited",
    syntax=Syntax(
        "filename",
        using=True,
        options=(
            OptionSpec("delimiters", "delim", "text", "characters between cells [, collapse asstring]"),
            OptionSpec("varnames", "varn", "text", "line of names, or nonames"),
            OptionSpec("case", "case", "choice", "preserve, lower or upper case of names", choices=CASES),
            OptionSpec("rowrange", "rowr", "text", "lines to read, first:last"),
            OptionSpec("colrange", "colr", "text", "columns to read, first:last"),
            OptionSpec("encoding", "enc", "text", "encoding of the file"),
            OptionSpec("stringcols", "stringc", "text", "columns that hold strings, or _all"),
            OptionSpec("numericcols", "numericc", "text", "columns that hold numbers, or _all"),
            OptionSpec(
                "bindquotes",
                "bindq",
                "choice",
                "what double quotes bind",
                choices=(("strict", "strict"), ("loose", "loose"), ("nobind", "nobind")),
            ),
            OptionSpec(
                "stripquotes",
                "stripq",
                "choice",
                "whether double quotes are taken away",
                choices=(("yes", "yes"), ("no", "no"), ("default", "default")),
            ),
            OptionSpec("asfloat", "asfloat", help="fractions as float"),
            OptionSpec("asdouble", "asdouble", help="fractions as double"),
            OptionSpec("parselocale", "parsel", "text", "numbers as they are written there: de_DE"),
            OptionSpec("groupseparator", "groups", "text", "what parts thousands"),
            OptionSpec("decimalseparator", "decimals", "text", "the decimal point"),
            CLEAR,
        ),
        exclusive=(("asfloat", "asdouble"),),
    ),
    synopsis="import delimited [[newvarlist] using] filename [, options]",
    keeps_r=True,
)
def import_delimited(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.delimited.options import Reading
    from xmixed.data.files.delimited.reader import read_delimited

    name = with_extension(file_name(node), ".csv")
    names = new_names_before_using(session, node)
    check_may_replace(session, node)
    fractions = "double" if node.option("asdouble") else "float"
    if not node.option("asfloat") and session.settings.type == "double":
        fractions = "double"
    reading = Reading(
        separators=_separators(node),
        names_row=_names_row(node),
        case=node.option("case", "lower"),
        rows=_range(node, "rowrange"),
        columns=_range(node, "colrange"),
        bind=node.option("bindquotes", "loose"),
        strip=node.option("stripquotes", "default"),
        string_columns=_columns(node, "stringcols"),
        numeric_columns=_columns(node, "numericcols"),
        fractions=fractions,
        encoding=node.option("encoding", ""),
        **_number_marks(node),
    )
    install(session, read_delimited(_file(name), reading, names))


def _file(name: str) -> Content | FileOnDisk:
    from xmixed.data.files.content import file_on_disk, is_address, read_content

    return read_content(name) if is_address(name) else file_on_disk(name, COPIES)


def _number_marks(node: Command) -> dict[str, str]:
    """Return the decimal point and the marks of thousands, where they are not Stata's own."""
    from xmixed.data.files.delimited.locales import separators_of_locale

    marks: dict[str, str] = {}
    if node.option("parselocale"):
        found = separators_of_locale(node.option("parselocale"))
        if found is None:
            hint = "decimalseparator() and groupseparator() say it without a locale"
            raise StataError(198, f"locale {node.option('parselocale')} not found", hint=hint)
        marks = dict(zip(("decimal", "thousands"), found, strict=True))
    for option, name in (("decimalseparator", "decimal"), ("groupseparator", "thousands")):
        typed = node.option(option)
        if typed is not None and (len(typed) != 1 or typed.isalnum()):
            raise _incorrect(option)
        marks |= {name: typed} if typed is not None else {}
    if marks and marks.get("decimal", ".") in marks.get("thousands", ""):
        raise StataError(198, "the decimal point and the mark of thousands must not be the same")
    return marks


def _incorrect(name: str) -> StataError:
    return StataError(198, f"option {name}() incorrectly specified")


def _separators(node: Command) -> Separators:
    from xmixed.data.files.delimited.options import Separators

    if "delimiters" not in node.options:
        return Separators()
    characters, words = split_suboptions(node.options["delimiters"].text)
    if not set(words) <= {"collapse", "asstring"} or not characters:
        raise _incorrect("delimiters")
    as_string = "asstring" in words
    if characters in ("tab", "whitespace"):
        characters, collapse = ("\t", False) if characters == "tab" else (" \t", True)
        return Separators(characters, collapse or "collapse" in words)
    return Separators(characters.replace("\\t", "\t"), "collapse" in words, as_string)


def _names_row(node: Command) -> int | None:
    typed = node.option("varnames")
    if typed is None:
        return None
    if typed in ("nonames", "noname"):
        return 0
    if not typed.isdecimal() or int(typed) < 1:
        raise _incorrect("varnames")
    return int(typed)


def _range(node: Command, option: str) -> tuple[int, int | None]:
    """Return the first and last number of `[first][:last]`."""
    typed = node.option(option)
    if typed is None:
        return 1, None
    first, colon, last = (part.strip() for part in typed.partition(":"))
    for part in (first, last):
        if part and not (part.isdecimal() and int(part) >= 1):
            raise _incorrect(option)
    if not colon and not first or (first and last and int(last) < int(first)):
        raise _incorrect(option)
    return int(first or 1), int(last) if last else None


def _columns(node: Command, option: str) -> frozenset[int]:
    from xmixed.data.files.delimited.options import EVERY

    typed = node.option(option)
    if typed is None:
        return frozenset()
    if typed == "_all":
        return frozenset({EVERY})
    numbers = parse_numlist(typed)
    if any(number < 1 or number != int(number) for number in numbers):
        raise _incorrect(option)
    return frozenset(map(int, numbers))


@command(
    "insheet",
    syntax=Syntax(
        "filename",
        using=True,
        options=(
            OptionSpec("tab", "t", help="tabs between cells"),
            OptionSpec("comma", "c", help="commas between cells"),
            OptionSpec("delimiter", "d", "text", "the character between cells"),
            OptionSpec("names", "n", help="the first line holds names"),
            OptionSpec("nonames", "non", help="the first line holds no names"),
            OptionSpec("double", "doub", help="fractions as double"),
            OptionSpec("case", "case", help="names keep their case"),
            CLEAR,
        ),
        exclusive=(("tab", "comma", "delimiter"), ("names", "nonames")),
    ),
    synopsis="insheet [newvarlist] using filename [, tab comma delimiter(char) [no]names double case clear]",
    keeps_r=True,
)
def insheet(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.delimited.options import Reading, Separators
    from xmixed.data.files.delimited.reader import read_delimited

    if node.using is None:
        raise StataError(100, "using required")
    name = with_extension(node.using, ".raw")
    names = new_names_before_using(session, node)
    check_empty(session, node)
    mark = "\t" if node.option("tab") else "," if node.option("comma") else node.option("delimiter", "")
    if len(mark) > 1:
        raise _incorrect("delimiter")
    double = node.option("double") or session.settings.type == "double"
    reading = Reading(
        separators=Separators(mark),
        names_row=1 if node.option("names") else 0 if node.option("nonames") else None,
        case="preserve" if node.option("case") else "lower",
        fractions="double" if double else "float",
    )
    install(session, read_delimited(_file(name), reading, names))
