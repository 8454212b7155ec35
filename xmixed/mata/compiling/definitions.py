"""Functions as objects: checked arguments in, a frame, the value out."""

from __future__ import annotations

from collections.abc import Mapping

from xmixed.mata.compiling.scope import (
    FIRST,
    RETURNED,
    Compiler,
    Library,
    Scope,
    check_built,
    checker,
    initial,
)
from xmixed.mata.compiling.statements import Show, StatementCompiler
from xmixed.mata.errors import MataError
from xmixed.mata.nodes import Definition
from xmixed.mata.values import Value


class UserFunction:
    """A function that was defined in Mata.

    Attributes
    ----------
    definition : Definition
    outputs : frozenset of int
        Parameters that it may change: arguments are passed by reference.
    """

    def __init__(
        self, definition: Definition, library: Library, compilers: Mapping[type, Compiler], show: Show
    ) -> None:
        """Compile a definition; raises StataError r(3000)."""
        self.definition = definition
        self._library = library
        check_built(definition.type)
        scope = Scope(library, compilers, definition.name)
        for parameter in definition.parameters:
            scope.declare(parameter.name, parameter.type)
        self._code = StatementCompiler(scope, show, definition.type).compile(definition.body)
        self._checks = [
            (FIRST + place, check)
            for place, parameter in enumerate(definition.parameters)
            if (check := checker(parameter.type)) is not None
        ]
        self._types = scope.types
        self._initial: list[Value] | None = None
        self.outputs = frozenset(
            place for place, parameter in enumerate(definition.parameters) if parameter.name in scope.rebound
        )

    @property
    def name(self) -> str:
        return self.definition.name

    def call(self, given: list[Value]) -> Value:
        """Run with arguments; those that it changes are in `given` afterwards.

        Raises
        ------
        MataError
            r(3001) for the wrong number of arguments, and what the code raises.
        """
        definition, count = self.definition, len(given)
        if not definition.required <= count <= len(definition.parameters):
            raise MataError(3001)
        if self._initial is None:
            self._initial = [initial(kind, self._library) for kind in self._types]
        frame = [count, None, *given, *self._initial[count:]]
        for key, check in self._checks:
            if key - FIRST < count:
                frame[key] = check(frame[key])
        self._code(frame)
        for place in self.outputs:
            if place < count:
                given[place] = frame[FIRST + place]
        found = frame[RETURNED]
        if found is None and definition.type.element not in ("void", "pointer", "transmorphic"):
            raise MataError(3258)
        return found
