"""What compiles each kind of expression."""

from __future__ import annotations

from xmixed.mata.compiling import arithmetic, places
from xmixed.mata.compiling.calls import call
from xmixed.mata.compiling.scope import Compiler
from xmixed.mata.nodes import (
    Address,
    Assign,
    Binary,
    Call,
    Choice,
    Constant,
    Dereference,
    Elements,
    Member,
    Name,
    Step,
    Submatrix,
    Transpose,
    Unary,
)

COMPILERS: dict[type, Compiler] = {
    Constant: arithmetic.constant,
    Name: arithmetic.name,
    Unary: arithmetic.unary,
    Binary: arithmetic.binary,
    Transpose: arithmetic.transpose,
    Choice: arithmetic.choice,
    Elements: places.elements,
    Submatrix: places.submatrix_of,
    Member: places.member,
    Address: places.address,
    Dereference: places.dereference,
    Assign: places.assign,
    Step: places.step,
    Call: call,
}
