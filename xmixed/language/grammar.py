"""Loading the grammar: prebuilt parser tables where there are any, else built from `grammar/*.lark`."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xmixed.errors import Span, StataError
from xmixed.language.builders.arguments import ArgumentBuilder
from xmixed.language.builders.expressions import ExpressionBuilder
from xmixed.language.builders.graphs import GraphBuilder
from xmixed.language.builders.varlists import VarlistBuilder
from xmixed.language.skeleton import SkeletonBuilder
from xmixed.resources import resource_folder

if TYPE_CHECKING:
    from lark import Lark

START_RULES = [
    "command",
    "pieces",
    "expression",
    "varlist",
    "varname",
    "varname_lagged",
    "varlist_factor",
    "numlist",
    "number_value",
    "in_range",
    "newvar",
    "assignment",
    "comparison",
    "words",
    "hypotheses",
    "display",
    "random_equation",
    "residuals",
    "vce",
    "option_list",
    "marked",
    "ticks",
    "immediate",
    "curve",
    "bars",
]

TABLES_NAME = "grammar.tables"


class TreeBuilder(ExpressionBuilder, VarlistBuilder, ArgumentBuilder, SkeletonBuilder, GraphBuilder):
    """All callbacks of the grammar; Lark looks them up by the names of rules and aliases."""


def grammar_text() -> str:
    """Return the grammar files joined in the order of their names."""
    files = sorted(Path(resource_folder("grammar")).glob("*.lark"))
    if not files:
        raise RuntimeError("the grammar files are missing from the installation")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _key(grammar: str) -> bytes:
    """Return what the tables depend on, as one line."""
    import lark

    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    parts = [grammar, lark.__version__, version, *START_RULES]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest().encode() + b"\n"


def _build(grammar: str, transformer: TreeBuilder | None = None) -> Lark:
    from lark import Lark

    return Lark(
        grammar,
        parser="lalr",
        lexer="contextual",
        start=START_RULES,
        keep_all_tokens=True,
        maybe_placeholders=False,
        transformer=transformer,
    )


def _saved(grammar: str) -> bytes:
    buffer = io.BytesIO()
    _build(grammar).save(buffer)
    return _key(grammar) + buffer.getvalue()


def build_tables(path: str | Path) -> None:
    """Write the parser tables to a file, atomically."""
    _write(Path(path), _saved(grammar_text()))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


class _PlainUnpickler(pickle.Unpickler):
    """Reads dicts, lists, strings and numbers only: the tables hold nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed in parser tables")


def _restore(content: bytes, key: bytes) -> Lark | None:
    """Return the parser from saved tables; None when they belong to another grammar or are damaged."""
    if not content.startswith(key):
        return None
    from lark import Lark

    try:
        saved = _PlainUnpickler(io.BytesIO(content[len(key) :])).load()
        return Lark._load_from_dict(saved["data"], saved["memo"], transformer=TreeBuilder())
    except Exception:  # damaged tables are as good as none
        return None


def _cache_file(key: bytes) -> Path:
    folder = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(folder) / "xmixed" / f"{key[:32].decode()}.tables"


def _is_own(path: Path) -> bool:
    """Return whether a file is the user's own, and nobody else may write to it."""
    if not hasattr(os, "getuid"):
        return True
    statuses = (path.stat(), path.parent.stat())
    return all(status.st_uid == os.getuid() and not status.st_mode & 0o022 for status in statuses)


@cache
def load_parser() -> Lark:
    """Return the parser, from the installed tables, the user's cache, or built anew (and then cached)."""
    grammar = grammar_text()
    key = _key(grammar)
    shipped = Path(resource_folder("grammar")) / TABLES_NAME
    cached = _cache_file(key)
    for file, trusted in ((shipped, True), (cached, False)):
        try:
            if trusted or _is_own(file):
                parser = _restore(file.read_bytes(), key)
                if parser is not None:
                    return parser
        except OSError:
            continue
    content = _saved(grammar)
    try:
        _write(cached, content)
    except OSError:
        pass  # a read-only home only costs the time to build
    parser = _restore(content, key)
    return parser if parser is not None else _build(grammar, TreeBuilder())


def parse(rule: str, text: str, span: Span) -> Any:
    """Parse a stretch of text by a start rule of the grammar.

    Returns
    -------
    object
        What the builder makes of the rule; positions count from the start of `text`.

    Raises
    ------
    StataError
        With the span of the offending token.
    """
    from lark.exceptions import UnexpectedInput, VisitError
    from lark.utils import TextSlice

    try:
        return load_parser().parse(TextSlice(text, span.start, span.end), start=rule)
    except UnexpectedInput as error:
        from xmixed.language.explain import explain

        if rule in _EXPRESSIONS and (rounded := _with_round_brackets(text, span)) != text:
            return parse(rule, rounded, span)
        raise explain(rule, text, span, _position(error, span)) from None
    except VisitError as error:
        if isinstance(error.orig_exc, StataError):
            raise error.orig_exc from None
        raise


_EXPRESSIONS = frozenset({"expression", "newvar", "assignment", "comparison"})


def _with_round_brackets(text: str, span: Span) -> str:
    """Return a text in which square brackets that follow no name are parentheses.

    Stata: `if [_n]==1` is `if (_n)==1`; scripts rely on it.
    """
    characters = list(text)
    opened: list[int | None] = []
    for place in range(span.start, span.end):
        if text[place] == "[":
            before = text[span.start : place].rstrip()[-1:]
            opened.append(None if before.isalnum() or before in ("_", "]", ")") and before else place)
        elif text[place] == "]" and opened:
            opening = opened.pop()
            if opening is not None:
                characters[opening], characters[place] = "(", ")"
    return "".join(characters)


def _position(error: Any, span: Span) -> int:
    """Return where the parser stopped; the end of the stretch when it wanted more."""
    token = getattr(error, "token", None)
    if token is not None:
        return span.end if token.type == "$END" else token.start_pos
    position = getattr(error, "pos_in_stream", None)
    return span.end if position is None or position < 0 else position
