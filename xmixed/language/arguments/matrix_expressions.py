"""Matrix expressions: text to nodes.

Matrix operators bind otherwise than those of ordinary expressions (`'`, `#`, joins by `,` and `\\`), and
`1..3` in a subscript is no number of the shared lexer, so that they have a reader of their own. What is an
ordinary expression inside one (`sqrt(2)`, `_b[x]`, `scalar(a)`) goes through the grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple, Union

from xmixed.errors import Span, StataError
from xmixed.language.builders.expressions import MAXIMUM_DEPTH, number_from
from xmixed.language.explain import group_end, quote_end
from xmixed.language.nodes import NOWHERE, Expression
from xmixed.language.qualifiers import read_expression

MATRIX_VALUED = frozenset(
    "I J cholesky corr diag get hadamard inv invsym matuniform nullmat sweep syminv vec vecdiag".split()
)
"""Functions that give a matrix."""

OF_MATRICES = frozenset(
    "colnumb colsof det diag0cnt el issymmetric matmissing mreldif rownumb rowsof trace".split()
)
"""Functions of matrices that give a number."""


@dataclass(frozen=True, slots=True)
class ScalarPart:
    """An ordinary expression inside a matrix expression: a number, text, `_b[x]`, `sqrt(2)`."""

    expression: Expression
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class MatrixName:
    """The name of a matrix or a scalar; `e(b)` and `r(C)` too."""

    name: str
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class MatrixCall:
    """A function whose arguments are matrix expressions."""

    name: str
    arguments: tuple[MatrixExpression, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class MatrixOperation:
    """An operator on one operand (`'`, `-`) or two (`+ - * / ^ # , \\`, comparisons, `& |`)."""

    operator: str
    operands: tuple[MatrixExpression, ...]
    span: Span = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Stretch:
    """One subscript: `i`, `i..j`, `i...` to the end (`last` is None), `.` for all (`first` is None too)."""

    first: MatrixExpression | None
    last: MatrixExpression | None
    single: bool = False


@dataclass(frozen=True, slots=True)
class MatrixElements:
    """`A[rows, columns]`."""

    operand: MatrixExpression
    rows: Stretch
    columns: Stretch
    span: Span = field(default=NOWHERE, compare=False)


MatrixExpression = Union[ScalarPart, MatrixName, MatrixCall, MatrixOperation, MatrixElements]


@dataclass(frozen=True, slots=True)
class MatrixAssignment:
    """`A = exp` or `A[i, j] = exp`; `rows` and `columns` are None without subscripts."""

    name: str
    expression: MatrixExpression
    rows: Stretch | None = None
    columns: Stretch | None = None


_TOKEN = re.compile(
    r"""\s*(?:(?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eEdD][+-]?\d+)?(?!\w))
    |(?P<name>[^\W\d]\w*)
    |(?P<dots>\.\.\.?)
    |(?P<missing>\.(?:[a-z](?!\w))?)
    |(?P<quote>"|`")
    |(?P<operator>[=!~<>]=|[-+*/^'#,\\()\[\]<>&|!=]))""",
    re.VERBOSE,
)

_BINDING = {"\\": 1, ",": 2, "|": 3, "&": 4, "==": 5, "!=": 5, "~=": 5, "<": 5, "<=": 5, ">": 5, ">=": 5}
_BINDING |= {"+": 6, "-": 6, "*": 7, "/": 8, "#": 9, "^": 11}
_SIGN = 10
"""How tightly operators bind, the loosest first (User's Guide, matrix operators); all group from the left."""


class _Token(NamedTuple):
    kind: str
    text: str
    start: int
    end: int


def parse_matrix_expression(text: str, span: Span) -> MatrixExpression:
    """Parse a matrix expression.

    Raises
    ------
    StataError
        r(198) `invalid syntax`, with the place; r(130) when it nests too deep.
    """
    reader = _Reader(text, span.start, span.end)
    found = reader.expression(0)
    reader.expect("")
    return found


def parse_matrix_assignment(text: str, span: Span) -> MatrixAssignment:
    """Parse `A = exp` or `A[i, j] = exp`.

    Raises
    ------
    StataError
        r(198); r(100) `=exp required`.
    """
    reader = _Reader(text, span.start, span.end)
    name = reader.take()
    if name.kind != "name":
        raise _invalid(name)
    rows = columns = None
    if reader.next.text == "[":
        rows, columns, _ = reader.subscripts()
    if reader.next.kind == "end":
        raise StataError(100, "=exp required", Span(span.end, span.end))
    reader.expect("=")
    if reader.next.kind == "end":
        raise StataError(111, "matrix not found", Span(span.end, span.end))
    found = reader.expression(0)
    reader.expect("")
    return MatrixAssignment(name.text, found, rows, columns)


def _invalid(token: _Token) -> StataError:
    return StataError(198, "invalid syntax", Span(token.start, token.end))


class _Reader:
    """Operator-precedence parser over the tokens of one stretch of text."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self._text, self._end, self._depth = text, end, 0
        self.next = self._scan(start)

    def _scan(self, position: int) -> _Token:
        found = _TOKEN.match(self._text, position, self._end)
        if found is None:
            rest = self._text[position : self._end].lstrip()
            if rest:
                raise _invalid(_Token("", rest[0], self._end - len(rest), self._end - len(rest) + 1))
            return _Token("end", "", self._end, self._end)
        kind = str(found.lastgroup)
        start, end = found.start(kind), found.end(kind)
        if kind == "quote":
            closed = quote_end(self._text, start, self._end)
            if closed is None:
                raise StataError(132, "too few quotes", Span(start, self._end))
            end = closed
        return _Token(kind, self._text[start:end], start, end)

    def take(self) -> _Token:
        """Return the next token and go on."""
        token = self.next
        self.next = self._scan(token.end)
        return token

    def expect(self, text: str) -> _Token:
        """Take the token that must come next; "" for the end."""
        if self.next.text != text:
            raise _invalid(self.next)
        return self.take() if text else self.next

    def expression(self, loosest: int) -> MatrixExpression:
        """Read operands as long as operators bind tighter than `loosest`."""
        self._depth += 1
        if self._depth > MAXIMUM_DEPTH:
            raise StataError(130, "expression too long")
        left = self._operand()
        while True:
            operator = self.next.text
            binding = _BINDING.get(operator, 0) if self.next.kind == "operator" else 0
            if binding <= loosest:
                self._depth -= 1
                return left
            self.take()
            right = self.expression(binding)
            left = MatrixOperation(operator.replace("~", "!"), (left, right), _join(left, right))

    def _operand(self) -> MatrixExpression:
        token = self.next
        if token.kind == "operator" and token.text in "-+!":
            self.take()
            operand = self.expression(_SIGN)
            span = Span(token.start, operand.span.end)
            return operand if token.text == "+" else MatrixOperation(token.text, (operand,), span)
        found = self._atom()
        while self.next.kind == "operator" and self.next.text in "'[":
            if self.next.text == "'":
                closing = self.take()
                found = MatrixOperation("'", (found,), Span(found.span.start, closing.end))
            else:
                rows, columns, end = self.subscripts()
                found = MatrixElements(found, rows, columns, Span(found.span.start, end))
        return found

    def _atom(self) -> MatrixExpression:
        token = self.take()
        span = Span(token.start, token.end)
        if token.kind in ("number", "missing", "quote"):
            return ScalarPart(read_expression(self._text, span), span)
        if token.text == "(":
            found = self.expression(0)
            self.expect(")")
            return found
        if token.kind != "name":
            raise _invalid(token)
        if self.next.text == "(":
            return self._call(token)
        if self.next.text == "[" and token.text in ("_b", "_se", "_coef"):
            return self._ordinary(token)
        return MatrixName(token.text, span)

    def _call(self, name: _Token) -> MatrixExpression:
        if name.text not in MATRIX_VALUED | OF_MATRICES:
            ordinary = self._ordinary(name)
            inside = self._text[name.end : ordinary.span.end].strip()[1:-1].strip()
            if name.text in ("e", "r", "matrix"):
                shown = inside if name.text == "matrix" else f"{name.text}({inside})"
                return MatrixName(shown, ordinary.span)
            return ordinary
        self.expect("(")
        arguments: list[MatrixExpression] = []
        while self.next.text != ")":
            if arguments:
                self.expect(",")
            # Stata: a comma inside a function separates its arguments
            arguments.append(self.expression(_BINDING[","]))
        closing = self.take()
        return MatrixCall(name.text, tuple(arguments), Span(name.start, closing.end))

    def _ordinary(self, name: _Token) -> ScalarPart:
        """Read a call or `_b[...]` to its closing bracket as an ordinary expression."""
        position = group_end(self._text, self.next.start, self._end) or self._end
        span = Span(name.start, position)
        self.next = self._scan(position)
        return ScalarPart(read_expression(self._text, span), span)

    def subscripts(self) -> tuple[Stretch, Stretch, int]:
        """Read `[rows, columns]`; the last of the three is where it ends."""
        self.expect("[")
        rows = self._stretch()
        self.expect(",")
        columns = self._stretch()
        return rows, columns, self.expect("]").end

    def _stretch(self) -> Stretch:
        if self.next.kind == "missing" and self.next.text == ".":
            self.take()
            return Stretch(None, None)
        first = self.expression(_BINDING[","])
        if self.next.kind != "dots":
            return Stretch(first, first, single=True)
        to_end = len(self.take().text) == 3
        return Stretch(first, None if to_end else self.expression(_BINDING[","]))


def _join(left: MatrixExpression, right: MatrixExpression) -> Span:
    return Span(left.span.start, right.span.end)


def parse_matrix_input(text: str, span: Span) -> tuple[str, Span]:
    """Return the name before the equals sign, and where the numbers behind it stand.

    Raises
    ------
    StataError
        r(198); r(100) `=exp required`.
    """
    reader = _Reader(text, span.start, span.end)
    name = reader.take()
    if name.kind != "name":
        raise _invalid(name)
    if reader.next.kind == "end":
        raise StataError(100, "=exp required", Span(span.end, span.end))
    return name.text, Span(reader.expect("=").end, span.end)


def parse_matrix_rows(text: str, span: Span) -> list[list[float]]:
    """Parse `(1, 2 \\ 3, 4)` with numbers only, as `matrix input` takes it.

    Raises
    ------
    StataError
        r(198); r(503) `conformability error` for rows of different lengths.
    """
    inside = text[span.start : span.end].strip()
    if not (inside.startswith("(") and inside.endswith(")")):
        raise StataError(198, "invalid syntax", span)
    rows = [[_plain_number(cell, span) for cell in _cells(row)] for row in inside[1:-1].split("\\")]
    if len({len(row) for row in rows}) != 1:
        raise StataError(503, "conformability error", span)
    return rows


def _cells(row: str) -> list[str]:
    return row.replace(",", " ").split()


def _plain_number(cell: str, span: Span) -> float:
    sign, digits = (-1.0, cell[1:]) if cell[:1] == "-" else (1.0, cell.removeprefix("+"))
    found = _TOKEN.fullmatch(digits)
    if found is None or found.lastgroup not in ("number", "missing"):
        raise StataError(198, "invalid syntax", span)
    if found.lastgroup == "missing":
        from xmixed.missing import missing_code

        return missing_code(digits)
    return sign * number_from(digits)
