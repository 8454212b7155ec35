"""esttab: a table of models side by side, to the console or to a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from xmixed.commands.publishing.design import FORMATS, OPTIONS, design_of, shape_of
from xmixed.commands.registry import command
from xmixed.data.files.atomic_file import replace_file
from xmixed.errors import StataError
from xmixed.estimation.publishing.table import published_table
from xmixed.expressions.varlist import matches_pattern
from xmixed.language.nodes import Command
from xmixed.language.syntax import Syntax
from xmixed.render.published.fixed import fixed_lines
from xmixed.render.published.latex import latex_lines
from xmixed.render.published.markup import html_lines, markdown_lines, rtf_lines
from xmixed.render.published.separated import separated_lines
from xmixed.render.published.table import PublishedTable
from xmixed.render.text import printable
from xmixed.session.results import Matrix, Results
from xmixed.session.state import SessionState
from xmixed.session.stored import collected_names, stored_estimates

ENDINGS = {".tex": "tex", ".csv": "csv", ".rtf": "rtf", ".html": "html", ".htm": "html", ".md": "md"}
"""The format that the ending of a file name means; fixed columns for others."""
NOT_WRITTEN = frozenset((".docx", ".xlsx", ".xls", ".doc"))


@command(
    "esttab",
    syntax=Syntax("words", using=True, options=OPTIONS, exclusive=(FORMATS, ("replace", "append"))),
    synopsis="esttab [names] [using file] [, b() se t p ci star() label stats() keep() drop() order() ...]",
)
def esttab(session: SessionState, node: Command) -> None:
    names = _names(session, node.argument)
    design = design_of(node.option, session.settings.level)
    models = [stored_estimates(session, name) for name in names]
    table = published_table(models, names, design, session.data)
    form, path = _destination(node)
    if form in ("csv", "scsv", "tab", "html", "md", "rtf"):
        table = replace(table, gaps=table.gaps and form in ("html", "rtf"))
    lines = _written(table, form, node)
    if path is None:
        session.out.write("", *(printable(line) for line in lines))
    else:
        _write(path, lines, node)
        session.out.write(f"(output written to {path})")
    session.r = Results(macros={"names": " ".join(names)}, matrices={"coefs": _coefficients(models)})


def _names(session: SessionState, words: tuple[str, ...]) -> list[str]:
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


def _destination(node: Command) -> tuple[str, str | None]:
    """Return the format and the path of the file, None for the console."""
    asked = [name for name in FORMATS if node.option(name)]
    if node.option("booktabs") and not asked:
        asked = ["tex"]
    path = node.using
    if path is None:
        return (asked[0] if asked else "fixed"), None
    path = os.path.expanduser(path)
    ending = os.path.splitext(path)[1].lower()
    if ending in NOT_WRITTEN:
        raise StataError(198, f"esttab does not write {ending} files; use .rtf, .html or .csv")
    form = asked[0] if asked else ENDINGS.get(ending, "fixed")
    if not ending:
        path += {"fixed": ".txt", "tab": ".txt", "scsv": ".csv"}.get(form, f".{form}")
    return form, path


def _written(table: PublishedTable, form: str, node: Command) -> list[str]:
    label_width, model_width = shape_of(node.option)
    if form == "tex":
        return latex_lines(
            table, label_width, model_width, bool(node.option("booktabs")), bool(node.option("fragment"))
        )
    if form == "html":
        return html_lines(table)
    if form == "md":
        return markdown_lines(table, label_width, model_width)
    if form == "rtf":
        return rtf_lines(table)
    if form in ("csv", "scsv", "tab"):
        separator = {"csv": ",", "scsv": ";", "tab": "\t"}[form]
        return separated_lines(table, separator, guarded=form != "tab" and not table.plain)
    return fixed_lines(table, label_width, model_width)


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
    import numpy as np

    from xmixed.missing import MISSING

    found = [model.matrices["b"] for model in models]
    names = list(dict.fromkeys(name for b in found for name in b.column_names))
    values = np.full((len(names), len(found)), MISSING)
    for column, b in enumerate(found):
        for place, name in enumerate(b.column_names):
            values[names.index(name), column] = b.values[0, place]
    return Matrix(values, names, [f"m{i}" for i in range(1, len(found) + 1)])
