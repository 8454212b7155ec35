"""Statements as closures: each says how the block that it stands in goes on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xmixed.mata.compiling.places import ALIASES
from xmixed.mata.compiling.scope import RETURNED, Scope, checker, initial
from xmixed.mata.errors import does_not_compile
from xmixed.mata.nodes import (
    Assign,
    Block,
    Branch,
    Call,
    Declaration,
    Item,
    Jump,
    Loop,
    Return,
    Simple,
    Step,
    Type,
    Until,
)
from xmixed.mata.values import Value, copied, owned, truth

BREAK, CONTINUE, RETURN = 1, 2, 3
"""How a block goes on; None: with the next statement."""

Run = Callable[[Any], int | None]
"""Compiled statement: takes a frame."""

Show = Callable[[Value], None]
"""Shows the value of an expression that stands alone."""


class StatementCompiler:
    """Compiles the statements of one function, or those outside of functions.

    Attributes
    ----------
    scope : Scope
    show : Show
    result : Type or None
        What the function returns; None outside of functions.
    """

    def __init__(self, scope: Scope, show: Show, result: Type | None) -> None:
        self.scope, self.show, self.result = scope, show, result
        self.loops = 0

    def compile(self, node: Item) -> Run:
        """Return the code of a statement; raises StataError r(3000)."""
        compiler = _COMPILERS.get(type(node))
        if compiler is None:
            raise does_not_compile()
        return compiler(self, node)

    def _block(self, node: Block) -> Run:
        statements = tuple(self.compile(item) for item in node.statements)
        if len(statements) == 1:
            return statements[0]

        def run(frame: Any) -> int | None:
            for statement in statements:
                signal = statement(frame)
                if signal is not None:
                    return signal
            return None

        return run

    def _branch(self, node: Branch) -> Run:
        condition, yes = self.scope.code(node.condition), self.compile(node.yes)
        no = None if node.no is None else self.compile(node.no)

        def run(frame: Any) -> int | None:
            value = condition(frame)
            if value != 0.0 if type(value) is float else truth(value):
                return yes(frame)
            return None if no is None else no(frame)

        return run

    def _loop(self, node: Loop) -> Run:
        start = [self.scope.code(part) for part in node.start]
        condition = None if node.condition is None else self.scope.code(node.condition)
        step = [self.scope.code(part) for part in node.step]
        body = self._body(node.body)

        def run(frame: Any) -> int | None:
            for part in start:
                part(frame)
            while condition is None or truth(condition(frame)):
                signal = body(frame)
                if signal is not None:
                    if signal == BREAK:
                        break
                    if signal == RETURN:
                        return RETURN
                for part in step:
                    part(frame)
            return None

        return run

    def _until(self, node: Until) -> Run:
        body, condition = self._body(node.body), self.scope.code(node.condition)

        def run(frame: Any) -> int | None:
            while True:
                signal = body(frame)
                if signal == BREAK:
                    return None
                if signal == RETURN:
                    return RETURN
                if not truth(condition(frame)):
                    return None

        return run

    def _body(self, node: Item) -> Run:
        self.loops += 1
        body = self.compile(node)
        self.loops -= 1
        return body

    def _jump(self, node: Jump) -> Run:
        if not self.loops:
            raise does_not_compile(f"{node.word} found outside of a loop")
        signal = BREAK if node.word == "break" else CONTINUE
        return lambda frame: signal

    def _return(self, node: Return) -> Run:
        if self.result is None:
            raise does_not_compile("return found outside of a function")
        if node.value is None:
            return lambda frame: RETURN
        if self.result.element == "void":
            raise does_not_compile("return of a value in a void function")
        code, check = self.scope.code(node.value), checker(self.result)
        own = copied if isinstance(node.value, ALIASES) else owned

        def run(frame: Any) -> int:
            value = own(code(frame))
            frame[RETURNED] = value if check is None else check(value)
            return RETURN

        return run

    def _simple(self, node: Simple) -> Run:
        expression = node.expression
        code = self.scope.code(expression)
        if isinstance(expression, (Assign, Step)) or not node.shown:

            def change(frame: Any) -> None:
                code(frame)

            return change
        called = isinstance(expression, Call)

        def show(frame: Any) -> None:
            value = code(frame)
            if value is not None or not called:
                self.show(value)

        return show

    def _declaration(self, node: Declaration) -> Run:
        scope, library = self.scope, self.scope.library
        if not scope.function:
            raise does_not_compile(f"invalid expression: {node.type.element} found outside of a function")
        if node.external:
            scope.externals.update(node.names)
            return self._externals(node)
        keys = [scope.declare(name, node.type) for name in node.names]
        if node.type.element != "struct":
            return lambda frame: None  # the frame begins with its value

        def run(frame: Any) -> None:
            for key in keys:
                frame[key] = initial(node.type, library)

        return run

    def _externals(self, node: Declaration) -> Run:
        library = self.scope.library

        def run(frame: Any) -> None:
            for name in node.names:
                if name not in library.variables:
                    library.variables[name] = initial(node.type, library)

        return run


_COMPILERS: dict[type, Callable[[StatementCompiler, Any], Run]] = {
    Block: StatementCompiler._block,
    Branch: StatementCompiler._branch,
    Loop: StatementCompiler._loop,
    Until: StatementCompiler._until,
    Jump: StatementCompiler._jump,
    Return: StatementCompiler._return,
    Simple: StatementCompiler._simple,
    Declaration: StatementCompiler._declaration,
}
"""What compiles each kind of statement."""
