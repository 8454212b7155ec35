"""filefilter, hexdump: files as bytes."""

from __future__ import annotations

import os

from xmixed.commands.files.memory import REPLACE
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import printable
from xmixed.session.results import Results
from xmixed.session.state import SessionState

COPIES = 3.0
"""Files are read whole: how many times their size that takes."""


@command(
    "filefilter",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("from", "f", "text", "what is looked for"),
            OptionSpec("to", "t", "text", "what takes its place"),
            REPLACE,
        ),
    ),
    synopsis='filefilter oldfile newfile, from("pattern") to("pattern") [replace]',
)
def filefilter(session: SessionState, node: Command) -> None:
    from xmixed.data.files.atomic_file import replace_file
    from xmixed.data.files.byte_patterns import pattern_bytes
    from xmixed.data.files.content import read_content

    if len(node.argument) != 2:
        raise StataError(198, "invalid syntax", hint="filefilter takes two files")
    old, new = node.argument
    for name in ("from", "to"):
        if name not in node.options:
            raise StataError(198, f"option {name}() required")
    wanted, instead = (pattern_bytes(node.options[name].value or "") for name in ("from", "to"))
    if not wanted:
        raise StataError(198, "option from() incorrectly specified", node.options["from"].span)
    if os.path.realpath(os.path.expanduser(old)) == os.path.realpath(os.path.expanduser(new)):
        raise StataError(602, f"file {new} already exists", hint="the new file must be another one")
    raw = read_content(old, COPIES).raw
    found = raw.count(wanted)
    with replace_file(new, bool(node.option("replace"))) as stream:
        stream.write(raw.replace(wanted, instead))
    session.out.write(f"(file {printable(new)} was converted)")
    scalars = {"occurrences": found, "bytes_from": len(wanted), "bytes_to": len(instead)}
    scalars["bytes_changed"] = found * len(wanted)
    session.r = Results({name: float(value) for name, value in scalars.items()})


@command(
    "hexdump",
    syntax=Syntax(
        "filename",
        options=(
            OptionSpec("analyze", "a", help="counts of characters and lines in place of the bytes"),
            OptionSpec("tabulate", "t", help="with analyze: how often each character occurs"),
            OptionSpec("results", "res", help="with analyze: r(c0) to r(c255)"),
            OptionSpec(
                "noextended", "noex", help="characters beyond ASCII are shown as points, as they are anyway"
            ),
            OptionSpec("from", "f", "integer", "first byte, from 0", minimum_value=0),
            OptionSpec("to", "t2", "integer", "last byte", minimum_value=0),
        ),
    ),
    synopsis="hexdump filename [, analyze tabulate results from(#) to(#)]",
)
def hexdump(session: SessionState, node: Command) -> None:
    from xmixed.data.files.content import read_content
    from xmixed.render.layouts.hexdump import render_analysis, render_bytes, render_frequencies
    from xmixed.statistics.byte_facts import byte_facts

    if not node.argument:
        raise StataError(198, "invalid file specification")
    for name in ("tabulate", "results"):
        if node.option(name) and not node.option("analyze"):
            raise StataError(198, f"{name} requires analyze", node.options[name].span)
    raw = read_content(node.argument, COPIES).raw
    start = node.option("from", 0)
    part = raw[start : node.option("to", len(raw)) + 1]
    if not node.option("analyze"):
        session.out.write(*render_bytes(part, start))
        session.r = Results()
        return
    facts = byte_facts(part)
    if node.option("tabulate"):
        session.out.write(*render_frequencies(facts.counts))
    session.out.write(*render_analysis(facts))
    scalars = {"Windows": facts.dos, "Mac": facts.mac, "Unix": facts.unix, "ctl": facts.control}
    scalars |= {"blank": facts.counts[32], "tab": facts.counts[9], "comma": facts.counts[44]}
    scalars |= {"uc": facts.capitals, "lc": facts.small_letters, "digit": facts.digits}
    scalars |= {"special": facts.special, "extended": facts.extended, "filesize": facts.size}
    scalars |= {"lnum": len(facts.lengths), "eoleof": facts.ends_with_eol}
    scalars |= {
        "lmin": facts.lengths.min() if len(facts.lengths) else 0,
        "lmax": facts.lengths.max(initial=0),
    }
    scalars |= {f"l{at}": length for at, length in enumerate(facts.lengths[:5].tolist(), 1)}
    if node.option("results"):
        scalars |= {f"c{byte}": count for byte, count in enumerate(facts.counts.tolist())}
    session.r = Results({k: float(v) for k, v in scalars.items()}, {"format": facts.format})
