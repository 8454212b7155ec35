"""What the bytes of a file are: `hexdump, analyze`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CR, LF, TAB, BLANK, COMMA = 13, 10, 9, 32, 44


@dataclass(frozen=True, slots=True, eq=False)
class ByteFacts:
    """Counts of a file's bytes and lines.

    Attributes
    ----------
    counts : ndarray of int, shape (256,)
        How often each byte occurs.
    dos, mac, unix : int
        Ends of lines: CR LF, CR alone, LF alone.
    lengths : ndarray of int, shape (lines,)
        Bytes of each line without its end; one that the file breaks off counts.
    ends_with_eol : bool
    """

    counts: np.ndarray
    dos: int
    mac: int
    unix: int
    lengths: np.ndarray
    ends_with_eol: bool

    def between(self, low: int, high: int) -> int:
        """Return how many bytes lie in a range, its ends included."""
        return int(self.counts[low : high + 1].sum())

    @property
    def size(self) -> int:
        return int(self.counts.sum())

    @property
    def capitals(self) -> int:
        return self.between(65, 90)

    @property
    def small_letters(self) -> int:
        return self.between(97, 122)

    @property
    def digits(self) -> int:
        return self.between(48, 57)

    @property
    def control(self) -> int:
        """Control characters other than NUL, CR, LF, tab; DEL is not among them."""
        return self.between(1, 31) - int(self.counts[[CR, LF, TAB]].sum())

    @property
    def extended_control(self) -> int:
        return self.between(128, 159) + int(self.counts[255])

    @property
    def extended(self) -> int:
        return self.between(160, 254)

    @property
    def special(self) -> int:
        """Printable characters of ASCII that are neither letters, digits, blanks nor commas."""
        others = self.capitals + self.small_letters + self.digits + int(self.counts[COMMA])
        return self.between(33, 126) - others

    @property
    def format(self) -> str:
        """ASCII, EXTENDED ASCII or BINARY."""
        if self.counts[0] or self.control or self.extended_control or self.counts[127]:
            return "BINARY"
        return "EXTENDED ASCII" if self.extended else "ASCII"


def byte_facts(raw: bytes) -> ByteFacts:
    """Return the facts of a file's content."""
    content = np.frombuffer(raw, dtype=np.uint8)
    cr, lf = content == CR, content == LF
    pairs = cr[:-1] & lf[1:]
    dos = int(np.count_nonzero(pairs))
    starts = np.concatenate([pairs, [False]]) if len(content) else pairs  # CR of a CR LF
    ends = np.flatnonzero((cr & ~starts) | lf) if len(content) else np.zeros(0, dtype=np.intp)
    begins = np.concatenate([[0], ends + 1]) if len(content) else np.zeros(0, dtype=np.intp)
    last = bool(len(content)) and bool(len(ends)) and int(ends[-1]) == len(content) - 1
    stops = ends if last else np.concatenate([ends, [len(content)]]) if len(content) else ends
    begins = begins[: len(stops)]
    lengths = stops - begins
    after_cr = np.zeros(len(stops), dtype=bool)
    inside = (stops > 0) & (stops < len(content))
    after_cr[inside] = starts[stops[inside] - 1]
    return ByteFacts(
        np.bincount(content, minlength=256),
        dos,
        int(np.count_nonzero(cr)) - dos,
        int(np.count_nonzero(lf)) - dos,
        lengths - after_cr,
        last,
    )
