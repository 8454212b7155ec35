"""The listings of `hexdump`."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from xmixed.output import Line, line
from xmixed.render.text import result, rule
from xmixed.statistics.byte_facts import BLANK, COMMA, TAB, ByteFacts

ROW, FIRST_LINES = 16, 5
_LEFT, _RIGHT, _COUNT = 26, 20, 12
"""Widths of the texts of both columns of the analysis, and of their figures."""


def render_bytes(raw: bytes, start: int) -> list[Line]:
    """Return bytes in rows of 16, as digits and as characters; `start` is the address of the first."""
    heads = "  ".join(" ".join(f"{a:x} {a + 1:x}" for a in range(half, half + 8, 2)) for half in (0, 8))
    edge = line(rule(10) + "+" + rule(42) + "+" + rule(18))
    lines = [line(), line(f"{'':10}|{'hex representation':^42}|{'characters':^18}")]
    lines += [line(f"{'address':>9} | {' ' + heads:<40} | 0123456789abcdef"), edge]
    for offset in range(0, len(raw), ROW):
        part = raw[offset : offset + ROW]
        pairs = [part[at : at + 2].hex() for at in range(0, len(part), 2)]
        halves = "  ".join(" ".join(pairs[at : at + 4]) for at in (0, 4) if pairs[at:])
        shown = "".join(chr(byte) if 32 <= byte < 127 else "." for byte in part)
        lines.append(line(f"{start + offset:>9x} | ", result(f"{halves:<40}"), " | ", result(shown)))
    return [*lines, edge]


def render_analysis(facts: ByteFacts) -> list[Line]:
    """Return what the bytes of a file are, line ends to the left, lines to the right."""
    lengths = facts.lengths
    right: list[tuple[str, str] | str] = [
        "Line length (tab=1)",
        ("  minimum", f"{int(lengths.min()) if len(lengths) else 0:,}"),
        ("  maximum", f"{int(lengths.max()) if len(lengths) else 0:,}"),
        "",
        ("Number of lines", f"{len(lengths):,}"),
        ("  EOL at EOF?", "yes" if facts.ends_with_eol else "no"),
        "",
        f"Length of first {FIRST_LINES} lines",
        *((f"  Line {at}", f"{length:,}") for at, length in enumerate(lengths[:FIRST_LINES].tolist(), 1)),
    ]
    right += [""] * (16 - len(right)) + [("File format", facts.format)]
    lines = [line()]
    left = list(_left(facts))
    for at in range(max(len(left), len(right))):
        text = _pair(left[at], _LEFT) if at < len(left) else ""
        other = _pair(right[at], _RIGHT) if at < len(right) else ""
        lines.append(line(f"  {text:<{_LEFT + _COUNT + 4}}{other}".rstrip()))
    return [*lines, line()]


def _left(facts: ByteFacts) -> Iterable[tuple[str, str] | str]:
    def count(number: int) -> str:
        return f"{number:,}"

    yield "Line-end characters"
    yield "  \\r\\n         (Windows)", count(facts.dos)
    yield "  \\r by itself (Mac)", count(facts.mac)
    yield "  \\n by itself (Unix)", count(facts.unix)
    yield "Space/separator characters"
    for name, byte in (("[blank]", BLANK), ("[tab]", TAB), ("[comma] (,)", COMMA)):
        yield f"  {name}", count(int(facts.counts[byte]))
    yield "Control characters"
    yield "  binary 0", count(int(facts.counts[0]))
    yield "  CTL excl. \\r, \\n, \\t", count(facts.control)
    yield "  DEL", count(int(facts.counts[127]))
    yield "  Extended (128-159,255)", count(facts.extended_control)
    yield "ASCII printable"
    yield "  A-Z", count(facts.capitals)
    yield "  a-z", count(facts.small_letters)
    yield "  0-9", count(facts.digits)
    yield "  Special (!@#$ etc.)", count(facts.special)
    yield "  Extended (160-254)", count(facts.extended)
    yield "", "-" * _COUNT
    yield "Total", count(facts.size)


def _pair(item: tuple[str, str] | str, width: int) -> str:
    return item if isinstance(item, str) else f"{item[0]:<{width}}{item[1]:>{_COUNT}}"


def render_frequencies(counts: np.ndarray) -> list[Line]:
    """Return how often each byte occurs, those that do."""
    lines = [line(), line(f"{'character':>22} | {'decimal':>8} {'hex':>6} | {'frequency':>12}")]
    lines.append(line(rule(23) + "+" + rule(17) + "+" + rule(14)))
    for byte in np.flatnonzero(counts).tolist():
        shown = {9: "[tab]", 10: "\\n", 13: "\\r", 32: "[blank]"}.get(
            byte, chr(byte) if 32 < byte < 127 else "."
        )
        lines.append(line(f"{shown:>22} | {byte:>8d} {byte:>6x} | ", result(f"{int(counts[byte]):>12,d}")))
    return lines
