"""The arguments of the program and its exit statuses."""

from __future__ import annotations

from dataclasses import dataclass, field

USAGE = """usage: xmixed [FILE[.do] [ARGUMENT ...]]
       xmixed do FILE[.do] [ARGUMENT ...]
       xmixed -b [do] FILE[.do] [ARGUMENT ...]
       xmixed -c COMMAND [-c COMMAND ...]
"""

OK, FAILED, BAD_USAGE, INTERNAL, STREAM_FAILED, INTERRUPTED = 0, 1, 2, 70, 74, 130
BROKEN_PIPE = 141  # what a shell reports of a program that SIGPIPE ended


class UsageError(Exception):
    """The arguments make no sense."""


@dataclass(slots=True)
class Arguments:
    """What the command line asks for: a do-file, commands, or (neither) standard input."""

    file: str | None = None
    arguments: list[str] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    batch: bool = False
    json: bool = False
    version: bool = False
    help: bool = False


def parse_arguments(argv: list[str]) -> Arguments:
    """Read the arguments; everything after the do-file belongs to the do-file.

    Raises
    ------
    UsageError
    """
    found = Arguments()
    at = 0
    while at < len(argv) and found.file is None:
        word = argv[at]
        at += 1
        if word in ("-h", "--help"):
            found.help = True
        elif word == "--version":
            found.version = True
        elif word == "--json":
            found.json = True
        elif word == "-q":
            continue  # Stata: no banner; there is none outside of the prompt
        elif word in ("-b", "-e", "--batch"):
            found.batch = True
        elif word in ("-c", "--command"):
            if at == len(argv):
                raise UsageError("-c requires a command")
            found.commands.append(argv[at])
            at += 1
        elif word == "--":
            continue
        elif word.startswith("-") and len(word) > 1:
            raise UsageError(f"unknown option {word}")
        elif word == "do" and not found.commands:
            if at == len(argv):
                raise UsageError("do requires a file")
            found.file = argv[at]
            at += 1
        else:
            found.file = word
    before, after = _split_at(argv[at:], "--")
    if "--json" in before:  # as welcome behind the do-file; after `--` it is the do-file's own argument
        before.remove("--json")
        found.json = True
    found.arguments = before + after
    _check(found)
    return found


def _check(found: Arguments) -> None:
    if found.help or found.version:
        return
    if found.commands and found.file is not None:
        raise UsageError("give either -c or a do-file")
    if found.batch and found.file is None:
        raise UsageError("-b requires a do-file")
    if found.batch and found.json:
        raise UsageError("--json and -b exclude each other")
    if found.json and not found.commands and found.file is None:
        raise UsageError("--json requires -c or a do-file")


def _split_at(words: list[str], mark: str) -> tuple[list[str], list[str]]:
    at = words.index(mark) if mark in words else len(words)
    return words[:at], words[at + 1 :]
