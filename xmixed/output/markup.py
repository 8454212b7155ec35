"""Lines of output as SMCL, as logs of that type hold them."""

from __future__ import annotations

import re

from xmixed.output import Line, Styled, without_control

TAGS = {"text": "{txt}", "result": "{res}", "input": "{com}", "error": "{err}", "link": "{txt}"}
"""What begins text of each style."""

HEAD = ("{smcl}", "{com}{sf}{ul off}{txt}{.-}")
"""How an SMCL log begins."""

TAIL = ("{txt}{.-}", "{smcl}", "{txt}{sf}{ul off}")
"""How it ends."""

_NUMBERED = re.compile(r"( *\d+)\. ")
_CODE = re.compile(r"r\((\d+)\);")
_RULE = re.compile(r"[ +|]*-{8}[-+| ]*")
_DASHES = re.compile(r"-{2,}|[+|]")
_BRACES = str.maketrans({"{": "{c -(}", "}": "{c )-}"})


def _drawn(found: re.Match[str]) -> str:
    """Return dashes as a line of their length, a corner or bar as itself."""
    mark = found.group()
    return f"{{hline {len(mark)}}}" if mark[0] == "-" else f"{{c {mark}}}"


class MarkupWriter:
    """Turns lines into SMCL, one after the other: a style holds until another begins."""

    def __init__(self) -> None:
        self._style = "{txt}"

    def text_of(self, line: Line) -> str:
        """Return a line as SMCL.

        Stata: a command that shows nothing leaves a line with the tag of text alone, then the empty line.
        """
        if not line.text:
            silent, self._style = self._style == "{com}", "{txt}"
            return "{txt}\n" if silent else ""
        return "".join(self._run(run, not place) for place, run in enumerate(line))

    def _run(self, run: Styled, first: bool) -> str:
        text = without_control(run.text).translate(_BRACES)
        if not text:
            return ""
        if run.style == "link" and (code := _CODE.fullmatch(run.text)):
            text = f"{{search r({code[1]}), local:{run.text}}}"
        numbered = _NUMBERED.fullmatch(run.text) if run.style == "input" and first else None
        if numbered is not None:
            before, self._style = self._style, "{com}"
            return f"{'' if before == '{txt}' else '{txt}'}{numbered[1]}{{com}}. "
        if run.style == "text" and _RULE.fullmatch(run.text):
            text = _DASHES.sub(_drawn, text)
        tag = TAGS.get(run.style, "{txt}")
        if tag == self._style:
            return text
        self._style = tag
        inside = text.lstrip(" ") if first and tag == "{txt}" else text
        return " " * (len(text) - len(inside)) + tag + inside
