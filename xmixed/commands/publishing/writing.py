"""What esttab and estout share: which models, where the table goes, and writing it. Registers nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from xmixed.commands.publishing.design import FORMATS, SURROUND
from xmixed.data.files.atomic_file import replace_file
from xmixed.errors import StataError
from xmixed.estimation.publishing.design import Design
from xmixed.estimation.publishing.table import published_table
from xmixed.expressions.context import Context
from xmixed.expressions.evaluate import evaluate_scalar
from xmixed.expressions.varlist import matches_pattern
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_expression
from xmixed.missing import MISSING
from xmixed.render.published.fixed import fixed_lines
from xmixed.render.published.latex import latex_lines
from xmixed.render.published.markup import html_lines, markdown_lines, rtf_lines
from xmixed.render.published.office import docx_bytes, xlsx_bytes
from xmixed.render.published.separated import separated_lines
from xmixed.render.published.table import PublishedTable
from xmixed.render.text import printable
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import collected_names, stored_estimates

ENDINGS = {".tex": "tex", ".csv": "csv", ".rtf": "rtf", ".html": "html", ".htm": "html", ".md": "md"}
"""The format that the ending of a file name means; fixed columns for others."""
OFFICE: dict[str, Callable[[PublishedTable], bytes]] = {".docx": docx_bytes, ".xlsx": xlsx_bytes}
SEVERAL_LINES = frozenset(("html", "md", "rtf", "csv", "scsv"))
"""Formats whose cells may have several lines."""
NOT_WRITTEN = frozenset((".xls", ".doc"))


@dataclass(frozen=True, slots=True)
class Shape:
    """Widths of labels and of a model, the format, and the file; None for the console."""

    label_width: int
    model_width: int
    form: str
    path: str | None


def publish(
    session: SessionState, node: Command, design: Design, widths: tuple[int, int], plain: str
) -> None:
    """Show or write the table of the models that a command names.

    Parameters
    ----------
    widths : (int, int)
        Of labels and of a model.
    plain : str
        The format without an ending that says another: `fixed`, `tab`.
    """
    names = model_names(session, node.argument)
    models = [stored_estimates(session, name) for name in names]
    table = published_table(models, names, design, session.data)
    if node.option("noabbrev"):
        longest = max(len(label) for section in table.sections() for label, _ in section)
        widths = max(widths[0], longest + 1), widths[1]
    form, path = _destination(node, plain)
    write_table(session, node, table, Shape(*widths, form, path))
    session.r = Results(macros={"names": " ".join(names)}, matrices={"coefs": _coefficients(models)})


def write_table(session: SessionState, node: Command, table: PublishedTable, shape: Shape) -> None:
    """Show a table, or write it to the file of a shape."""
    form, path = shape.form, shape.path
    ending = "" if path is None else os.path.splitext(path)[1].lower()
    if path is not None and ending in OFFICE:
        _refuse(node, "rtf")
        if node.option("append"):
            raise StataError(198, f"option append not allowed with {ending} files")
        content = OFFICE[ending](replace(table, gaps=False))
        with replace_file(path, bool(node.option("replace"))) as stream:
            stream.write(content)
    else:
        if form in ("csv", "scsv", "tab", "html", "md", "rtf"):
            table = replace(table, gaps=table.gaps and form in ("html", "rtf"))
        if form not in SEVERAL_LINES:
            table = table.on_one_line()
        lines = _substituted(_written(table, shape, node), node)
        if path is None:
            session.out.write("", *(printable(line) for line in lines))
        else:
            _write(path, lines, node)
    if path is not None:
        session.out.write(f"(output written to {path})")


def evaluator(session: SessionState) -> Callable[[str], float]:
    """Return what gives the value of an expression."""

    def value(text: str) -> float:
        found = evaluate_scalar(parse_expression(text), Context.of(session))
        if isinstance(found, str):
            raise StataError(109, "type mismatch")
        return float(found)

    return value


def model_names(session: SessionState, words: Sequence[str]) -> list[str]:
    """Return the models: those named, all that `eststo` has collected, or the active results."""
    if not words:
        return collected_names(session.stored) or ["."]
    found: list[str] = []
    for word in words:
        matching = [word] if word == "." else [name for name in session.stored if matches_pattern(name, word)]
        if not matching:
            raise StataError(111, f"estimation result {word} not found")
        found += matching
    return list(dict.fromkeys(found))


def _destination(node: Command, plain: str) -> tuple[str, str | None]:
    """Return the format and the path of the file, None for the console."""
    asked = [name for name in FORMATS if node.option(name)]
    if node.option("booktabs") and not asked:
        asked = ["tex"]
    style = str(node.option("style", ""))
    if style and style not in FORMATS:
        raise StataError(198, f"style {style} not found")
    asked = asked or ([style] if style else [])
    path = node.using
    if path is None:
        return (asked[0] if asked else "fixed"), None
    path = os.path.expanduser(path)
    ending = os.path.splitext(path)[1].lower()
    if ending in NOT_WRITTEN:
        raise StataError(198, f"{node.name} does not write {ending} files; use .docx, .xlsx, .rtf or .csv")
    form = asked[0] if asked else ENDINGS.get(ending, plain)
    if not ending:
        path += {"fixed": ".txt", "tab": ".txt", "scsv": ".csv"}.get(form, f".{form}")
    return form, path


def _written(table: PublishedTable, shape: Shape, node: Command) -> list[str]:
    _refuse(node, shape.form)
    form, widths = shape.form, (shape.label_width, shape.model_width)
    if form == "tex":
        booktabs, fragment = bool(node.option("booktabs")), bool(node.option("fragment"))
        return latex_lines(table, *widths, booktabs, fragment, str(node.option("alignment", "c")))
    if form == "html":
        return html_lines(table)
    if form == "md":
        return markdown_lines(table, *widths)
    if form == "rtf":
        return rtf_lines(table)
    if form in ("csv", "scsv", "tab"):
        separator = {"csv": ",", "scsv": ";", "tab": "\t"}[form]
        return separated_lines(table, separator, guarded=form != "tab" and not table.plain)
    return fixed_lines(table, *widths)


def _refuse(node: Command, form: str) -> None:
    """Refuse options that the format has no place for; r(198)."""
    for name in ("longtable", "width"):
        if node.option(name) and form != "tex":
            raise StataError(198, f"option {name} is for LaTeX", node.options[name].span)
    for name, *_ in SURROUND:
        if name in node.options and form in ("md", "rtf"):
            text = f"option {name}() is not implemented for this format in xmixed yet"
            raise StataError(198, text, node.options[name].span)


def _substituted(lines: list[str], node: Command) -> list[str]:
    """Return lines in which `substitute(from to ...)` has been done, in its order."""
    words: tuple[str, ...] = node.option("substitute", ())
    if len(words) % 2:
        raise StataError(198, "option substitute() incorrectly specified")
    for old, new in zip(words[::2], words[1::2], strict=True):
        lines = [line.replace(old, new) for line in lines] if old else lines
    return lines


def _write(path: str, lines: list[str], node: Command) -> None:
    content = "\n".join(lines) + "\n"
    append = bool(node.option("append"))
    if append and os.path.exists(path):
        with open(path, encoding="utf-8") as stream:
            content = stream.read() + content
    with replace_file(path, bool(node.option("replace")) or append) as stream:
        stream.write(content.encode())


def _coefficients(models: Sequence[Results]) -> Matrix:
    """Return r(coefs): coefficients by name and model, missing where a model has none."""
    none = Matrix(np.zeros((1, 0)), ["y1"], [])  # of estpost
    found = [model.matrices.get("b", none) for model in models]
    names = list(dict.fromkeys(name for b in found for name in b.column_names))
    values = np.full((len(names), len(found)), MISSING)
    for column, b in enumerate(found):
        for place, name in enumerate(b.column_names):
            values[names.index(name), column] = b.values[0, place]
    return Matrix(values, names, [f"m{i}" for i in range(1, len(found) + 1)])
