"""What Mata remembers of a session: variables, functions, structures."""

from __future__ import annotations

from typing import IO

from xmixed.mata.compiling.definitions import UserFunction
from xmixed.mata.compiling.expressions import COMPILERS
from xmixed.mata.compiling.scope import Callee
from xmixed.mata.errors import MataError, does_not_compile
from xmixed.mata.functions.registry import BoundBuiltin, builtins
from xmixed.mata.nodes import Definition, Structure
from xmixed.mata.values import Value, Viewed, array, is_matrix
from xmixed.mata.views import Writer
from xmixed.render.layouts.mata_matrix import matrix_lines
from xmixed.session.state import SessionState

UNBUILT = frozenset(
    "tokeninit moptimize_init moptimize solvenl_init deriv_init deriv lefteigensystem schurd hessenbergd fft"
    " invfft ghk bufio st_fopen spline3 polysolve geigensystem putexcel pdf xl".split()
)
"""Functions of Mata that people look for, and that do not exist here yet."""


class Variables(dict[str, Value]):
    """Variables in memory by name; one that is not there is r(3499)."""

    def __missing__(self, name: str) -> Value:
        raise MataError(3499, f"{name} not found")


class MataMemory:
    """Mata in one session.

    Attributes
    ----------
    session : SessionState
    variables : Variables
        Those outside of functions, and `external` ones.
    user : dict of str to UserFunction
    structures : dict of str to Structure
    strict : bool
        `set matastrict on`: variables of functions must be declared.
    writer : Writer
    files : dict of int to stream
        Those that `fopen()` has opened, by handle.
    """

    def __init__(self, session: SessionState) -> None:
        self.session = session
        self.variables: dict[str, Value] = Variables()
        self.user: dict[str, UserFunction] = {}
        self.structures: dict[str, Structure] = {}
        self.strict = False
        self.writer = Writer(session)
        self.files: dict[int, IO[str]] = {}
        self._callees: dict[str, Callee] = {}

    def clear(self) -> None:
        """Forget variables, functions and structures."""
        self.variables.clear()
        self.user.clear()
        self.structures.clear()
        self._callees.clear()
        for stream in self.files.values():
            stream.close()
        self.files.clear()

    def function(self, name: str) -> Callee:
        """Return a function by name: the user's, or Mata's own.

        Raises
        ------
        MataError
            r(3499) `foo() not found`.
        """
        found = self._callees.get(name)
        if found is None:
            found = self._callees[name] = self._found(name)
        return found

    def _found(self, name: str) -> Callee:
        if name in self.user:
            return self.user[name]
        known = builtins().get(name)
        if known is None:
            hint = f"({name}() is not implemented in xmixed)" if name in UNBUILT else ""
            raise MataError(3499, f"{name}() not found", hint)
        return BoundBuiltin(known, self)

    def define(self, definition: Definition) -> None:
        """Compile a function and keep it; the same one again changes nothing.

        Raises
        ------
        StataError
            r(3000): it does not compile, or there is one of its name.
        """
        name = definition.name
        if name in builtins() or name == "args":
            raise does_not_compile(f"{name}() is a built-in function")
        if name in self.user:
            if self.user[name].definition == definition:
                return
            raise does_not_compile(f"{name}() already exists")
        self.user[name] = UserFunction(definition, self, COMPILERS, self.show)
        self._callees.pop(name, None)

    def drop_function(self, name: str) -> None:
        """Forget a function of the user's; KeyError."""
        del self.user[name]
        self._callees.pop(name, None)

    def show(self, value: Value) -> None:
        """Show a value as an expression that stands alone does."""
        session = self.session
        if is_matrix(value):
            found = value.array() if isinstance(value, Viewed) else array(value)
            session.out.write(*matrix_lines(found, session.settings.linesize))
        else:
            session.out.write(f"  {0 if value is None else id(value):#x}")


def memory_of(session: SessionState) -> MataMemory:
    """Return what Mata remembers of a session; made when first asked for."""
    found = session.mata
    if not isinstance(found, MataMemory):
        found = session.mata = MataMemory(session)
    return found
