"""What may help after an error: where it stands in the command, and what was probably meant.

For people at a terminal and for programs (`--json`); transcripts and logs have Stata's words alone.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable
from difflib import get_close_matches

from xmixed.commands.registry import CommandEntry, built, find_entry, subcommands_of
from xmixed.commands.table import COMMANDS
from xmixed.errors import Span, StataError
from xmixed.output import without_control
from xmixed.session.state import SessionState
from xmixed.shell.idioms import ELSEWHERE, FUNCTIONS_ELSEWHERE, LOOKALIKES, MISSING, TRUTH

LONGEST_SHOWN = 100
"""Characters of a command under which a caret is drawn."""

Adviser = Callable[[SessionState, StataError, "re.Match[str]"], str]


def advice(session: SessionState, error: StataError) -> list[str]:
    """Return lines of help for an error, none when nothing better than its message is known."""
    command = error.command
    helpful = "" if error.hint else _by_message(session, error) or _by_text(error)
    helpful = _strange_character(command) or helpful
    return [*_caret(error), *([helpful] if helpful else [])]


def show_advice(session: SessionState, error: StataError) -> None:
    """Show the help for an error on the terminal; no log takes it."""
    for text in advice(session, error):
        sys.stdout.write(f"{without_control(text)}\n")


def _caret(error: StataError) -> list[str]:
    """Return the command with a caret below the token at fault."""
    command, span = error.command, _place(error)
    if span is None or "\n" in command or len(command) > LONGEST_SHOWN:
        return []
    width = max(1, min(span.end, len(command)) - span.start)
    return [f"  {command}", "  " + " " * span.start + "^" * width]


def _place(error: StataError) -> Span | None:
    """Return where the token at fault stands: what the message names, else what the parser met."""
    named = _NAMED.search(error.message)
    if named:
        found = re.search(rf"(?<!\w){re.escape(named[1])}(?!\w)", error.command)
        return Span(found.start(), found.end()) if found else None
    if error.span is None or error.code not in (198, 101, 100, 109, 120, 132):
        return None
    return error.span if error.span.end and 0 <= error.span.start <= len(error.command) else None


_NAMED = re.compile(
    r"(?:^|variable |option |function |command: +|scalar |matrix )([^\s(]+)(?:\(\))?"
    r"(?: not found| not allowed| invalid name| already defined|$)"
)


def _strange_character(command: str) -> str:
    """Name a character that looks like another one, or like none."""
    bare = re.sub(r'"[^"]*"', '""', command)
    for character in bare:
        meant = LOOKALIKES.get(character)
        if meant is not None:
            import unicodedata

            name = unicodedata.name(character, "control character").lower()
            what = f"type {meant} instead" if meant else "leave it out"
            return f"the command has the character U+{ord(character):04X}, {name}: {what}"
    return ""


def _by_message(session: SessionState, error: StataError) -> str:
    for pattern, adviser in _ADVISERS:
        found = pattern.search(error.message)
        if found:
            helpful = adviser(session, error, found)
            if helpful:
                return helpful
    return ""


def _meant(name: str, known: Iterable[str], lead: str = "did you mean") -> str:
    """Return `did you mean weight or height?`; "" when nothing is near."""
    candidates = {item.lower(): item for item in known}
    near = get_close_matches(name.lower(), candidates, n=3, cutoff=0.7)
    longer = [item for item in candidates if len(name) > 2 and item.startswith(name.lower())]
    words = [candidates[item] for item in dict.fromkeys([*near, *longer])][:3]
    return f"{lead} {' or '.join(words)}?" if words else ""


def _entry(command: str) -> CommandEntry | None:
    try:
        return find_entry(command)[0]
    except StataError:
        return None


def _unknown_command(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    word = found[1]
    behind = error.command[len(word) :].lstrip()
    if behind.startswith(("=", "<-")):
        value = behind.lstrip("<-=").strip()
        verb = "replace" if word in session.data else "generate"
        return f"to {'change' if verb == 'replace' else 'make'} a variable: {verb} {word} = {value}"
    if word in ELSEWHERE:
        return f"here it is: {ELSEWHERE[word]}"
    if word in session.data:
        return f"{word} is a variable; a line begins with a command: summarize {word}, list {word}, ..."
    return _meant(word, (*built(COMMANDS), *session.programs)) or "help lists the commands that are there"


def _unknown_name(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    name = found[1].rpartition(".")[2] or found[1]
    if name in MISSING:
        return "a missing value is . (a dot); missing(x) asks for one"
    if name in TRUTH:
        return f"truth is a number: {TRUTH[name]}"
    entry = _entry(error.command)
    if entry is not None and entry.name.startswith("program"):
        return _meant(name, session.programs)
    if entry is not None and entry.name == "collapse" and name in ("mean", "median", "sd", "sum", "count"):
        return f"statistics stand in parentheses: ({name}) VARIABLES"
    if entry is not None and "," not in error.command:
        options = [item.name for item in entry.options if item.built]
        if name in options or name in ("robust", "cluster") and "vce" in options:
            shown = f"vce({name})" if name not in options else name
            return f"options stand behind a comma: ..., {shown}"
    if not session.data.variables:
        return "there are no data in memory: use FILE, sysuse NAME or set obs #"
    known = (*session.data.names, *session.scalars)
    return _meant(name, known) or _few("the variables are", session.data.names)


def _few(lead: str, names: list[str]) -> str:
    return f"{lead} {', '.join(names)}" if 0 < len(names) <= 8 else ""


def _unknown_subcommand(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    return _meant(found[2], subcommands_of(found[1]))


def _unknown_option(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    entry = _entry(error.command)
    if entry is None:
        return ""
    options = [item.name for item in entry.options if item.built]
    return _meant(found[1], options) or _few("the options are", sorted(options))


def _unknown_function(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    from xmixed.expressions.functions.registry import functions

    name = found[1]
    if name in FUNCTIONS_ELSEWHERE:
        return f"here it is: {FUNCTIONS_ELSEWHERE[name]}"
    return _meant(name, functions())


def _unknown_egen(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    from xmixed.commands.data.egen_functions.registry import egen_functions

    return _meant(found[1], egen_functions())


def _unknown_file(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    from xmixed.data.files.locate import shipped_datasets

    name = found[1]
    folder, last = os.path.split(os.path.expanduser(name))
    shipped = [os.path.splitext(item)[0] for item in shipped_datasets()]
    stem = os.path.splitext(last)[0]
    if stem in shipped and not folder:
        return f"{stem} is shipped with xmixed: sysuse {stem}"
    try:
        present = sorted(item for item in os.listdir(folder or ".") if not item.startswith("."))
    except OSError:
        return f"there is no folder {folder}"
    same_kind = [item for item in present if os.path.splitext(item)[1] == os.path.splitext(last)[1]]
    near = _meant(last, same_kind)
    if (near or folder) and not error.command.startswith("sysuse"):
        return near
    return _meant(stem, shipped, "did you mean sysuse") or f"the current folder is {os.getcwd()}"


def _unknown_estimates(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    stored = list(session.stored)
    if not stored:
        return f"no estimates are stored: estimates store {found[1]} keeps those of the last command"
    return _meant(found[1], stored) or f"stored are {', '.join(stored)}"


def _unknown_label(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    return _meant(found[1], session.data.value_labels)


def _no_name(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    name = found[1]
    if name.endswith(":") and name[:-1] in session.data and "||" not in error.command:
        return f"a random-effects equation begins with ||: ... || {name}"
    return "a name has letters, digits and _, begins with no digit and has at most 32 of them"


def _unknown_matrix(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    return _meant(found[1], session.matrices) or "matrix dir lists the matrices there are"


def _unknown_scalar(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    return _meant(found[1], session.scalars) or "scalar list lists the scalars there are"


def _out_of_range(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    return f"there are {session.data.n_obs:,} observations"


def _already_there(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    if error.command.split(" ")[0].startswith("g"):
        return "replace changes a variable that is there; drop removes it"
    return ""


def _not_sorted(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    by = re.match(r"by\s+([^:]+):", error.command)
    return f"bysort {by[1].strip()}: sorts first" if by else "sort first"


def _assignment(session: SessionState, error: StataError, found: re.Match[str]) -> str:
    return "equality is ==" if re.search(r"\bif\b.*[^=!<>~]=[^=]", error.command) else ""


_SAYINGS = {
    r"^no variables defined": "load data first: use FILE, or sysuse NAME (sysuse dir lists what is shipped)",
    r"^no; data in memory would be lost": "option clear gives them up; save keeps them",
    r"^file .* already exists": "option replace overwrites it",
    r"^last estimates not found": "fit a model first, or estimates restore one that is stored",
    r"^data not mi set": "mi set mlong makes them multiple-imputation data; mi import reads what others made",
    r"^no observations": "conditions and missing values leave none: see count if, misstable summarize",
    r"^type mismatch": 'text stands in quotes ("a"), numbers do not; destring and string() convert',
    r"^not possible with numeric variable": "it holds numbers already; decode and tostring make text of them",
    r"close brace not found": "{ ends its line, and } stands on a line of its own",
    r"^\{ required": "{ ends the line of foreach, forvalues, while and if; } stands on a line of its own",
    r"^\) required": "a parenthesis is not closed",
    r"^too few quotes": "a quote is not closed",
    r"^factor \S+ not found": "i.VARIABLE in the model makes it a factor",
    r"^: required": "a colon stands between the by-variables and the command",
    r"^panel variable not set": "xtset GROUP [TIME] declares the panel",
    r"^convergence not achieved": "option difficult or fewer random effects may help",
    r"^invalid %format": "formats are like %9.2f, %9.0g, %12s and %td",
    r"^unable to change to": "pwd shows the current folder, dir what is in it",
}
"""What helps after a message that says enough by itself."""


def _said(text: str) -> Adviser:
    return lambda session, error, found: text


_ADVISERS: tuple[tuple[re.Pattern[str], Adviser], ...] = (
    (re.compile(r"^unrecognized command: +(\S+)"), _unknown_command),
    (re.compile(r"^estimation result (\S+) not found"), _unknown_estimates),
    (re.compile(r"^(?:value )?label (\S+) not found"), _unknown_label),
    (re.compile(r"^(?:file|dataset) (.+) not found"), _unknown_file),
    (re.compile(r"^matrix (\S+) not found"), _unknown_matrix),
    (re.compile(r"^scalar (\S+) not found"), _unknown_scalar),
    (re.compile(r"^(?:variable )?(\S+) not found$"), _unknown_name),
    (re.compile(r"^'(\S+)' not found in list of covariates"), _unknown_name),
    (re.compile(r"^option (\w+)(?:\(\))? not allowed"), _unknown_option),
    (re.compile(r"^(\w+) (\S+): subcommand not found"), _unknown_subcommand),
    (re.compile(r"^unknown function (\w+)\(\)"), _unknown_function),
    (re.compile(r"^unknown egen function (\w+)\(\)"), _unknown_egen),
    (re.compile(r"^(\S+) invalid name"), _no_name),
    (re.compile(r"already defined$"), _already_there),
    (re.compile(r"^not sorted"), _not_sorted),
    (re.compile(r"observation numbers out of range"), _out_of_range),
    (re.compile(r"^(?:invalid syntax|=exp not allowed)"), _assignment),
    *((re.compile(pattern), _said(text)) for pattern, text in _SAYINGS.items()),
)


def _by_text(error: StataError) -> str:
    """Return help that the text of the error.command suggests where its message says little."""
    if error.code not in (100, 101, 102, 103, 198):
        return ""
    bare = re.sub(r'"[^"]*"', '""', error.command)
    for sign, meant in (("**", "a power is ^"), ("&&", "and is &"), ("<-", "a value is given by =")):
        if sign in bare:
            return meant
    if re.search(r"\bif\b[^|]*\|\|", bare) and "xtmixed" not in bare:
        return "or is |"
    entry = _entry(error.command)
    shown = "" if entry is None else f"syntax: {entry.synopsis}"
    return shown if len(shown) <= LONGEST_SHOWN else f"help {entry.name} shows the syntax" if entry else ""
