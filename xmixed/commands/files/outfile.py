"""outfile: text without names."""

from __future__ import annotations

from xmixed.commands.files.memory import REPLACE, say_if_new, written_part
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.state import SessionState


@command(
    "outfile",
    syntax=Syntax(
        "varlist",
        condition=True,
        in_range=True,
        using=True,
        options=(
            OptionSpec("dictionary", "d", help="with a dictionary before the values"),
            OptionSpec("nolabel", "nol", help="numbers in place of value labels"),
            OptionSpec("noquote", "noq", help="strings without quotes"),
            OptionSpec("comma", "c", help="commas between values"),
            OptionSpec("wide", "w", help="one line an observation, however long"),
            OptionSpec("rjs", "rjs", help="strings at the right of their widths"),
            OptionSpec("fjs", "fjs", help="strings where their formats have them"),
            OptionSpec("runtogether", "ru", help="strings with nothing between them"),
            OptionSpec("missing", "m", help="with comma: missing values are written"),
            REPLACE,
        ),
        exclusive=(("rjs", "fjs"), ("comma", "runtogether"), ("comma", "wide")),
    ),
    synopsis="outfile [varlist] using filename [if] [in] [, dictionary nolabel noquote comma wide rjs fjs"
    " runtogether missing replace]",
    needs=("data",),
    keeps_r=True,
)
def outfile(session: SessionState, node: Command) -> None:
    from xmixed.data.files.atomic_file import replace_file
    from xmixed.data.files.content import with_extension
    from xmixed.data.files.raw.outfile import FreeFormat, free_text

    if not node.using:
        raise StataError(100, "using required")
    data = written_part(session, node)
    if node.option("runtogether") and not all(variable.is_string for variable in data):
        raise StataError(109, "type mismatch", node.options["runtogether"].span)
    dictionary = bool(node.option("dictionary"))
    form = FreeFormat(
        comma=bool(node.option("comma")),
        missing=bool(node.option("missing")),
        quotes=not node.option("noquote"),
        labels=not node.option("nolabel"),
        wide=bool(node.option("wide")),
        justified="right" if node.option("rjs") else "format" if node.option("fjs") else "left",
        together=bool(node.option("runtogether")),
        dictionary=dictionary,
    )
    name = with_extension(node.using, ".dct" if dictionary else ".raw")
    if node.option("replace"):
        say_if_new(session, name)
    with replace_file(name, bool(node.option("replace"))) as stream:
        stream.write(free_text(data, form).encode("utf-8", "surrogateescape"))
