"""putdocx: text, pictures and page breaks of a document for word processors."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from xmixed.commands.publishing.document_looks import ALIGN, FONT, LOOK, evaluated, font_of, look_of
from xmixed.commands.registry import command, subcommand
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.output.document import Break, Document, DocumentTable, Paragraph, Run
from xmixed.render.published.word import PAGES, document_bytes
from xmixed.render.text import printable
from xmixed.session.state import SessionState

_STYLES = {"Title": "Title", "Subtitle": "Subtitle"} | {f"Heading{n}": f"Heading {n}" for n in range(1, 10)}
_BREAKS = OptionSpec("linebreak", "linebreak", "integer", "line ends behind it", optional_value=True)


@command(
    "putdocx",
    syntax=Syntax("raw"),
    synopsis="putdocx {begin|paragraph|text|image|table|pagebreak|sectionbreak|describe|save|clear} ...",
    keeps_r=True,
)
def putdocx(session: SessionState, node: Command) -> None:
    word = str(node.argument).split(maxsplit=1)[:1]
    raise StataError(198, f"putdocx {word[0] if word else ''}: subcommand not known here".replace(" :", ":"))


@subcommand(
    "putdocx",
    "begin",
    syntax=Syntax(
        options=(
            OptionSpec("pagesize", "pagesize", "choice", "size", choices=tuple((n, n) for n in PAGES)),
            OptionSpec("landscape", "landscape", help="pages broader than high"),
            FONT,
            OptionSpec("margin", "margin", "text", built=False),
            OptionSpec("header", "header", "text", built=False),
            OptionSpec("footer", "footer", "text", built=False),
        )
    ),
    synopsis="putdocx begin [, pagesize(name) landscape font(name [, size [, color]])]",
    keeps_r=True,
)
def begin(session: SessionState, node: Command) -> None:
    if session.document is not None:
        raise StataError(110, "document already created; putdocx save or putdocx clear ends it")
    page, wide = str(node.option("pagesize", "letter")), bool(node.option("landscape"))
    session.document = Document(page=page, landscape=wide, look=font_of(node))


def opened(session: SessionState) -> Document:
    """Return the document that `putdocx begin` has begun; r(111) without one."""
    if session.document is None:
        raise StataError(111, "document not created; putdocx begin makes one")
    return session.document


@subcommand(
    "putdocx",
    "paragraph",
    syntax=Syntax(
        options=(
            OptionSpec("style", "style", "choice", "its kind", choices=tuple((n, n) for n in _STYLES)),
            ALIGN,
            FONT,
            OptionSpec("indent", "indent", "text", built=False),
            OptionSpec("spacing", "spacing", "text", built=False),
            OptionSpec("shading", "shading", "text", built=False),
        )
    ),
    synopsis="putdocx paragraph [, style(Title | Heading1 | ...) halign(side) font(name [, size [, color]])]",
    keeps_r=True,
)
def paragraph(session: SessionState, node: Command) -> None:
    style = _STYLES.get(str(node.option("style", "")), "")
    look = font_of(node)
    runs = () if look == replace(look, font="", size=0.0, color="") else (Run("", look),)
    session.document = opened(session).adding(Paragraph(runs, str(node.option("halign", "")), style))


def _last_paragraph(document: Document) -> Paragraph:
    last = document.blocks[-1] if document.blocks else None
    if not isinstance(last, Paragraph):
        raise StataError(198, "no paragraph; putdocx paragraph begins one")
    return last


def _adding(session: SessionState, run: Run) -> None:
    """Put a run at the end of the last paragraph, in the font that this was given."""
    document = opened(session)
    last = _last_paragraph(document)
    if last.runs and not last.runs[0].text and not last.runs[0].picture:
        own, base = run.look, last.runs[0].look
        look = replace(
            own, font=own.font or base.font, size=own.size or base.size, color=own.color or base.color
        )
        run = replace(run, look=look)
    session.document = document.replacing(-1, replace(last, runs=(*last.runs, run)))


@subcommand(
    "putdocx",
    "text",
    syntax=Syntax("text", options=(*LOOK, FONT, _BREAKS)),
    synopsis="putdocx text (exp) [, nformat(%fmt) bold italic underline strikeout allcaps smallcaps "
    "script(sub|super) font(name [, size [, color]]) linebreak[(#)]]",
    keeps_r=True,
)
def text(session: SessionState, node: Command) -> None:
    shown = evaluated(session, node.argument_text, str(node.option("nformat", "")))
    _adding(session, Run(shown, look_of(node), _line_ends(node)))


def _line_ends(node: Command) -> int:
    if "linebreak" not in node.options:
        return 0
    value: Any = node.option("linebreak")
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 1


@subcommand(
    "putdocx",
    "image",
    syntax=Syntax(
        "filename",
        options=(
            OptionSpec("width", "width", "text", "width: #[in], #cm, #pt"),
            OptionSpec("height", "height", "text", "height: #[in], #cm, #pt"),
            _BREAKS,
            OptionSpec("link", "link", built=False),
        ),
    ),
    synopsis="putdocx image filename [, width(#) height(#) linebreak[(#)]]",
    keeps_r=True,
)
def image(session: SessionState, node: Command) -> None:
    path = _path(node)
    if not os.path.exists(path):
        raise StataError(601, f"file {printable(path)} not found")
    width, height = (_inches(node, name) for name in ("width", "height"))
    _adding(session, Run("", breaks=_line_ends(node), picture=path, width=width, height=height))


def _path(node: Command) -> str:
    if not node.argument:
        raise StataError(100, "invalid file specification")
    return os.path.expanduser(node.argument)


def _inches(node: Command, name: str) -> float:
    typed = str(node.option(name, "")).strip()
    units = {"in": 1.0, "cm": 1 / 2.54, "pt": 1 / 72, "twip": 1 / 1440}
    unit = next((unit for unit in units if typed.endswith(unit)), "")
    try:
        value = float(typed.removesuffix(unit)) * units.get(unit, 1.0) if typed else 0.0
    except ValueError:
        raise StataError(198, f"option {name}() incorrectly specified") from None
    if value < 0 or value > 100:
        raise StataError(198, f"option {name}() incorrectly specified")
    return value


@subcommand("putdocx", "pagebreak", syntax=Syntax(), synopsis="putdocx pagebreak", keeps_r=True)
def pagebreak(session: SessionState, node: Command) -> None:
    session.document = opened(session).adding(Break())


@subcommand("putdocx", "sectionbreak", syntax=Syntax(), synopsis="putdocx sectionbreak", keeps_r=True)
def sectionbreak(session: SessionState, node: Command) -> None:
    session.document = opened(session).adding(Break(section=True))


@subcommand("putdocx", "describe", syntax=Syntax(), synopsis="putdocx describe", keeps_r=True)
def describe(session: SessionState, node: Command) -> None:
    blocks = opened(session).blocks
    tables = [block.name for block in blocks if isinstance(block, DocumentTable)]
    count = sum(isinstance(block, Paragraph) for block in blocks)
    session.out.write(f"  No. of paragraphs: {count}", f"  No. of tables    : {len(tables)}")
    session.out.write(*(f"    {printable(name)}" for name in tables))


@subcommand("putdocx", "clear", syntax=Syntax(), synopsis="putdocx clear", keeps_r=True)
def clear(session: SessionState, node: Command) -> None:
    session.document = None


@subcommand(
    "putdocx",
    "save",
    syntax=Syntax(
        "filename",
        options=(
            OptionSpec("replace", "replace", help="write over a file that is there"),
            OptionSpec("append", "append", help="go on behind what the file holds"),
            OptionSpec("nomsg", "nomsg", help="say nothing"),
        ),
        exclusive=(("replace", "append"),),
    ),
    synopsis="putdocx save filename [, replace append nomsg]",
    keeps_r=True,
)
def save(session: SessionState, node: Command) -> None:
    from xmixed.data.files.atomic_file import replace_file

    path = _path(node)
    path = path if os.path.splitext(path)[1] else f"{path}.docx"
    before = None
    if node.option("append"):
        from xmixed.data.files.content import read_content

        before = bytes(read_content(path, 8.0).raw)
    content = document_bytes(opened(session), before)
    with replace_file(path, bool(node.option("replace") or node.option("append"))) as stream:
        stream.write(content)
    session.document = None
    if not node.option("nomsg"):
        session.out.write(f'successfully created "{printable(os.path.abspath(path))}"')
