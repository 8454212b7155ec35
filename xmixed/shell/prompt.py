"""The interactive session."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, completion_is_selected
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from xmixed.commands.registry import built, find_entry, resolve, subcommands_of
from xmixed.commands.table import COMMANDS
from xmixed.errors import StataError
from xmixed.interpreter.lines import continuation_prompt, has_several, is_complete, run_lines
from xmixed.interpreter.session import Session, as_stata_error
from xmixed.interpreter.transcript import Echo
from xmixed.language.lines import logical_lines
from xmixed.language.options import find_option, words_of
from xmixed.language.statements import begins_mata
from xmixed.render.layouts.mata_matrix import closing_rule, opening_rule
from xmixed.session.messages import show_code, show_message
from xmixed.session.signals import ExitRequest
from xmixed.shell.advice import show_advice
from xmixed.shell.completion import Names, suggest
from xmixed.shell.paging import Pages
from xmixed.shell.report import report_internal_error
from xmixed.shell.screen import (
    ProgressBar,
    has_display,
    pixel_writer,
    stream_sink,
    terminal_sink,
    terminal_width,
)
from xmixed.version import __version__


def interact() -> int:
    """Read, run and print until `exit` or Ctrl-D; returns the exit status."""
    session = Session()
    session.graphs.target = "window" if has_display() else "file"
    session.graphs.pixels = pixel_writer
    pages = Pages(terminal_sink() if sys.stdout.isatty() else stream_sink(sys.stdout), session.settings)
    session.out.sinks.append(pages)
    session.progress = ProgressBar(sys.stdout) if sys.stdout.isatty() else None
    session.advisers.append(lambda error: show_advice(session, error))
    prompt = _prompt_session(session, lambda text: is_complete(text) or begins_mata(text))
    session.ask = input
    print(
        f"xmixed {__version__}: Stata's commands, open source.\n`help` lists them, `exit` leaves.\n",
        flush=True,
    )
    session.run_profile()
    width = session.settings.linesize = terminal_width()
    asked = False
    while True:
        try:
            text = prompt.prompt(". ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            if asked or not session.data.changed:
                break
            asked = True
            print("The data in memory are not saved: save FILE keeps them, Ctrl-D again leaves.", flush=True)
            continue
        asked = False
        pages.begin()
        if session.settings.linesize == width:  # the window may have changed; `set linesize` stays
            width = session.settings.linesize = terminal_width()
        try:
            if begins_mata(text):
                interact_in_mata(session)
            else:
                run_at_prompt(session, text)
        except ExitRequest:
            break
    session.close()
    return 0


def run_at_prompt(session: Session, text: str) -> None:
    """Run what was typed; whatever happens, the session goes on.

    Raises
    ------
    ExitRequest
    """
    failure: StataError | None = None
    try:
        # Of several commands, as pasted, each stands again before its output.
        run_lines(session, text, Echo.EVERYWHERE if has_several(text) else Echo.TYPED)
    except (StataError, KeyboardInterrupt, MemoryError, RecursionError) as error:
        failure = as_stata_error(error)
    except Exception as error:
        report_internal_error(error)
        session.out.write("")
    if failure is not None:
        show_message(session, failure)
        show_code(session, failure)
        session.out.write("")


def interact_in_mata(session: Session) -> None:
    """Read and run statements of Mata until `end` or Ctrl-D; an error does not leave it.

    Raises
    ------
    ExitRequest
    """
    prompt = _prompt_session(session, mata_is_complete, lambda line_number: "> ")
    session.out.write(opening_rule(session.settings.linesize))
    session.flush()
    while True:
        try:
            text = prompt.prompt(": ")
        except KeyboardInterrupt:
            continue
        except EOFError:
            break
        if text.strip() == "end":
            break
        if text.strip():
            run_at_prompt(session, f"mata:\n{text}\nend")
    session.out.write(closing_rule(session.settings.linesize), "")
    session.flush()


def mata_is_complete(text: str) -> bool:
    """Return whether lines of Mata can run: nothing is open, and no statement has only begun."""
    from xmixed.mata.reading import Incomplete, read

    if text.strip() == "end":
        return True
    try:
        read("\n".join(line.text for line in logical_lines(text)))
    except Incomplete:
        return False
    except StataError:
        return True
    return True


def history() -> History:
    """Return the persistent history, in the user's state folder; in memory when it cannot be written."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    folder = Path(state) / "xmixed"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / "history"
        path.touch(mode=0o600)
        return FileHistory(str(path))
    except OSError:
        return InMemoryHistory()


def _prompt_session(
    session: Session, complete: Callable[[str], bool], continuation: Callable[[int], str] | None = None
) -> PromptSession[str]:
    """Return a prompt at which Enter runs what is complete, and else begins another line."""
    return PromptSession(
        history=history(),
        multiline=True,
        prompt_continuation=lambda width, line_number, wrapped: (
            "" if wrapped else (continuation or _continuation)(line_number)
        ),
        key_bindings=_key_bindings(complete),
        completer=_SessionCompleter(session),
        complete_while_typing=False,
        enable_history_search=True,
    )


def _continuation(line_number: int) -> str:
    """Return the prompt of a further line of what is being typed."""
    from prompt_toolkit.application import get_app

    lines = get_app().current_buffer.text.split("\n")
    return continuation_prompt("\n".join(lines[:line_number]))


def _key_bindings(complete: Callable[[str], bool]) -> KeyBindings:
    bindings = KeyBindings()

    @bindings.add("enter", filter=~completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if complete(buffer.text):
            buffer.validate_and_handle()
        else:
            buffer.insert_text("\n")

    @bindings.add("enter", filter=completion_is_selected)
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    @Condition
    def empty() -> bool:
        from prompt_toolkit.application import get_app

        return not get_app().current_buffer.text

    @bindings.add("c-d", filter=empty)
    def _(event: KeyPressEvent) -> None:
        event.app.exit(exception=EOFError)

    return bindings


class _SessionCompleter(Completer):
    """Asks `suggest` with the names of the session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        found = suggest(document.text_before_cursor, self._names())
        for word in found.words:
            yield Completion(word, start_position=-found.length)

    def _names(self) -> Names:
        return Names(built(COMMANDS), self.session.data.names, _subcommands, _options, _values, _files)


def _subcommands(word: str) -> tuple[str, ...]:
    return subcommands_of(resolve(word) or "")


def _options(text: str) -> tuple[str, ...]:
    """Return the option names of what a line begins with; only its module is imported."""
    try:
        entry, _ = find_entry(text)
    except StataError:
        return ()
    return tuple(option.name for option in entry.options if option.built)


def _values(text: str, option: str) -> tuple[str, ...]:
    """Return the words that an option takes: structures of covariance(), kinds of vce()."""
    try:
        entry, _ = find_entry(text)
    except StataError:
        return ()
    found = find_option(option, entry.options)
    return () if found is None else words_of(found[0])


SUFFIXES = {"use": ".dta", "do": ".do", "run": ".do", "include": ".do", "append": ".dta", "merge": ".dta"}
"""What the files are that a command takes; `sysuse` and `webuse` take what is shipped."""


def _files(text: str, start: str) -> tuple[str, ...]:
    """Return the files and folders whose names begin so, of the kind that the command of a line takes."""
    name = resolve(text.split()[0])
    if name in ("sysuse", "webuse"):
        from xmixed.data.files.locate import shipped_datasets

        stems = (item.removesuffix(".dta") for item in shipped_datasets())
        return tuple(item for item in stems if item.startswith(start))
    suffix = SUFFIXES.get(name or "")
    if suffix is None:
        return ()
    folder, _, begin = start.rpartition("/")
    try:
        entries = sorted(
            os.scandir(f"{folder}/" if folder or start.startswith("/") else "."), key=lambda entry: entry.name
        )
    except OSError:
        return ()
    lead = start[: len(start) - len(begin)]
    return tuple(
        lead + entry.name + ("/" if entry.is_dir() else "")
        for entry in entries
        if entry.name.startswith(begin)
        and (begin or not entry.name.startswith("."))
        and (entry.is_dir() or entry.name.endswith(suffix))
    )
