"""Loading grammars: prebuilt parser tables where there are any, else built from their `.lark` files."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from xmixed.errors import Span, StataError
from xmixed.language.builders.arguments import ArgumentBuilder
from xmixed.language.builders.expressions import ExpressionBuilder
from xmixed.language.builders.graphs import GraphBuilder
from xmixed.language.builders.varlists import VarlistBuilder
from xmixed.language.skeleton import SkeletonBuilder
from xmixed.resources import resource_folder

if TYPE_CHECKING:
    from lark import Lark

START_RULES = (
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
)


class TreeBuilder(ExpressionBuilder, VarlistBuilder, ArgumentBuilder, SkeletonBuilder, GraphBuilder):
    """All callbacks of the grammar of commands; Lark looks them up by the names of rules and aliases."""


@dataclass(frozen=True)
class Grammar:
    """A language: where its grammar is, and what is made of its rules.

    Attributes
    ----------
    files : str
        Pattern of its files in the folder `grammar`.
    rules : tuple of str
        Those that a text may be parsed by.
    builder : callable
        Makes the object whose methods are the callbacks of the rules.
    tables : str
        Name of the file with the parser tables that the wheel carries.
    lexer : "contextual" or "basic"
    keep_all_tokens : bool
        Callbacks see the tokens that are plain strings in the grammar, too.
    line_ends : callable or None
        Makes what goes over the tokens before they are parsed (Lark's `postlex`).
    """

    files: str
    rules: tuple[str, ...]
    builder: Callable[[], Any]
    tables: str
    lexer: Literal["contextual", "basic"] = "contextual"
    keep_all_tokens: bool = True
    line_ends: Callable[[], Any] | None = None

    def text(self) -> str:
        """Return the grammar files joined in the order of their names."""
        files = sorted(Path(resource_folder("grammar")).glob(self.files))
        if not files:
            raise RuntimeError("the grammar files are missing from the installation")
        return "\n".join(file.read_text(encoding="utf-8") for file in files)

    def key(self) -> bytes:
        """Return what the tables depend on, as one line."""
        import lark

        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        parts = [self.text(), lark.__version__, version, *self.rules]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest().encode() + b"\n"

    def build(self, transformer: Any = None) -> Lark:
        """Return the parser, made anew."""
        from lark import Lark

        return Lark(
            self.text(),
            parser="lalr",
            lexer=self.lexer,
            start=list(self.rules),
            keep_all_tokens=self.keep_all_tokens,
            maybe_placeholders=not self.keep_all_tokens,
            transformer=transformer,
            postlex=None if self.line_ends is None else self.line_ends(),
        )

    def saved(self) -> bytes:
        """Return the tables as the bytes of a file."""
        buffer = io.BytesIO()
        self.build().save(buffer, exclude_options=("postlex",))
        return self.key() + buffer.getvalue()

    def restore(self, content: bytes, key: bytes) -> Lark | None:
        """Return the parser from saved tables; None when they belong to another grammar or are damaged."""
        if not content.startswith(key):
            return None
        from lark import Lark

        others = {} if self.line_ends is None else {"postlex": self.line_ends()}
        try:
            saved = _PlainUnpickler(io.BytesIO(content[len(key) :])).load()
            return Lark._load_from_dict(saved["data"], saved["memo"], transformer=self.builder(), **others)
        except Exception:  # damaged tables are as good as none
            return None

    def load(self) -> Lark:
        """Return the parser, from the installed tables, the user's cache, or built anew (and then cached)."""
        key = self.key()
        shipped = Path(resource_folder("grammar")) / self.tables
        cached = _cache_file(key)
        for file, trusted in ((shipped, True), (cached, False)):
            try:
                if trusted or _is_own(file):
                    parser = self.restore(file.read_bytes(), key)
                    if parser is not None:
                        return parser
            except OSError:
                continue
        content = self.saved()
        try:
            _write(cached, content)
        except OSError:
            pass  # a read-only home only costs the time to build
        parser = self.restore(content, key)
        return parser if parser is not None else self.build(self.builder())


COMMANDS = Grammar("*.lark", START_RULES, TreeBuilder, "grammar.tables")


def build_tables(path: str | Path, grammar: Grammar = COMMANDS) -> None:
    """Write the parser tables to a file, atomically."""
    _write(Path(path), grammar.saved())


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
    """Return the parser of commands."""
    return COMMANDS.load()


def parse(rule: str, text: str, span: Span) -> Any:
    """Parse a stretch of text by a start rule of the grammar of commands.

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
