"""split."""

from __future__ import annotations

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import blank_column, new_variable, string_type
from xmixed.data.dataset import Variable, default_format
from xmixed.data.operations.recode import narrowest_type, read_numbers
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_name
from xmixed.formats.reading import number_in
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.results import Results
from xmixed.session.state import SessionState


@command(
    "split",
    syntax=Syntax(
        "varname",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("generate", "gen", "name", help="beginning of the new names"),
            OptionSpec("parse", "p", "text", help="what separates the parts; blanks"),
            OptionSpec("limit", "l", "integer", help="at most so many parts", minimum_value=1),
            OptionSpec("notrim", "notrim", help="keep blanks around the parts"),
            OptionSpec("destring", "destring", help="numbers where all parts are numeric"),
            OptionSpec("ignore", "i", "text", help="destring: characters to leave out"),
            OptionSpec("force", "force", help="destring: other texts become missing"),
            OptionSpec("float", "float", help="destring: float, not double"),
            OptionSpec("percent", "percent", help="destring: leave out % and divide by 100"),
        ),
    ),
    synopsis="split strvar [if] [in] [, generate(stub) parse(strings) limit(#) notrim destring"
    " ignore(chars) force float percent]",
    needs=("data",),
)
def split(session: SessionState, node: Command) -> None:
    data = session.data
    if node.argument is None:
        raise StataError(100, "varname required")
    source = data[resolve_name(node.argument, data)]
    if not source.is_string:
        raise StataError(109, "string variable required")
    marks = _marks(node.option("parse"))
    rows = selected_rows(session, node)
    limit, trim = node.option("limit"), not node.option("notrim")
    memory = {text: _parts(text, marks, trim, limit) for text in set(source.values[rows].tolist())}
    count = max(map(len, memory.values()), default=0)
    names = [f"{node.option('generate', source.name)}{number}" for number in range(1, count + 1)]
    for name in names:
        check_new_name(name, data)
    for place, name in enumerate(names):
        texts = blank_column("strL", data.n_obs)
        texts[rows] = [
            parts[place] if place < len(parts) else ""
            for parts in (memory[text] for text in source.values[rows].tolist())
        ]
        kind = string_type(texts)
        data = data.with_variables(Variable(name, kind, texts, default_format(kind), source.label))
    session.data = data
    session.r = Results(scalars={"nvars": float(count)}, macros={"varlist": " ".join(names)})
    if node.option("destring"):
        _destring(session, node, names)
        return
    session.out.write("variables created as string: ")
    session.out.write(*_in_columns(names, session.settings.linesize))


def _marks(text: str | None) -> tuple[str, ...]:
    if text is None or not text.strip():
        return (" ",)
    return parse_words(text)


def _parts(text: str, marks: tuple[str, ...], trim: bool, limit: int | None) -> list[str]:
    """Return the parts of a text between marks; what is behind the last one allowed is left out."""
    parts: list[str] = []
    rest = text.strip() if trim else text
    while rest and (limit is None or len(parts) < limit):
        found = [(place, -len(mark)) for mark in marks if (place := rest.find(mark)) >= 0]
        place, length = min(found, default=(len(rest), 0))
        part, rest = rest[:place], rest[place - length :]
        parts.append(part.strip() if trim else part)
        rest = rest.strip() if trim else rest
    return parts


def _in_columns(names: list[str], width: int) -> list[str]:
    size = max(map(len, names), default=0) + 2
    per_line = max(1, width // size)
    lines = [names[i : i + per_line] for i in range(0, len(names), per_line)]
    return ["".join(name.ljust(size) for name in part).rstrip() for part in lines]


def _destring(session: SessionState, node: Command, names: list[str]) -> None:
    data = session.data
    strings = []
    for name in names:
        old = data[name]
        read = read_numbers(
            old.values, number_in, node.option("ignore", ""), percent=bool(node.option("percent"))
        )
        if read.failed and not node.option("force"):
            strings.append(name)
            continue
        kind = narrowest_type(read.values, "float" if node.option("float") else "double")
        new = new_variable(name, kind, read.values, old.label)
        data = data.with_variables(new)
        session.out.write(f"{name} has all characters numeric; replaced as {kind}")
    for name in strings:
        session.out.write(f"{name} contains nonnumeric characters; no replace")
    session.data = data
