"""Queries without what nobody asks for: a table of many made columns is not written out for each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ibis.expr.types as ir


def pruned(query: ir.Table) -> ir.Table:
    """Return a query of the same rows whose steps select the columns only that later steps use.

    Steps are followed down to the first that is of another kind than those that commands make.
    """
    steps, step = steps_of(query)
    wanted = set(steps[0].schema.names) if steps else set[str]()
    kept: list[set[str]] = []
    for own in steps:
        kept.append(wanted)
        wanted = _of_parent(own, wanted)
    for own, names in zip(reversed(steps), reversed(kept), strict=True):
        step = _over(own, step, names)
    return step.to_expr()


def steps_of(query: ir.Table) -> tuple[list[Any], Any]:
    """The steps of a query that are of the usual kinds, the last one first, and what they begin with."""
    from ibis.expr import operations as ops

    followed = (ops.Project, ops.Filter, ops.Aggregate, ops.Limit, ops.Sort)
    steps: list[Any] = []
    step: Any = query.op()
    while isinstance(step, followed):
        steps.append(step)
        step = step.parent
    return steps, step


def _expressions(step: Any, names: set[str]) -> list[Any]:
    """The expressions of a step that make the columns of these names, and those that its rows depend on."""
    from ibis.expr import operations as ops

    if isinstance(step, ops.Project):
        return [value for name, value in step.values.items() if name in names]
    if isinstance(step, ops.Aggregate):
        return [*step.groups.values(), *step.metrics.values()]
    if isinstance(step, ops.Filter):
        return list(step.predicates)
    return list(step.keys) if isinstance(step, ops.Sort) else []


def _of_parent(step: Any, names: set[str]) -> set[str]:
    """The columns of its parent that a step needs for the columns of these names."""
    from ibis.expr import operations as ops

    passed = set() if isinstance(step, (ops.Project, ops.Aggregate)) else set(names)
    for value in _expressions(step, names):
        fields = value.find(ops.Field, filter=ops.Value)
        passed |= {field.name for field in fields if field.rel == step.parent}
    return passed


def _over(step: Any, parent: Any, names: set[str]) -> Any:
    """A step, with the columns of these names, over another parent."""
    import ibis
    from ibis.expr import operations as ops

    if parent == step.parent and (not isinstance(step, ops.Project) or names >= set(step.values)):
        return step

    def moved(value: Any) -> Any:
        fields = value.find(ops.Field, filter=ops.Value)
        own: dict[Any, Any] = {
            field: ops.Field(parent, field.name) for field in fields if field.rel == step.parent
        }
        counts = value.find(ops.CountStar, filter=ops.Value)
        own |= {count: count.copy(arg=parent) for count in counts if count.arg == step.parent}
        return value.replace(own, filter=ops.Value) if own else value

    if isinstance(step, ops.Project):
        values = {name: moved(value) for name, value in step.values.items() if name in names}
        # Where rows are counted only, any column will do.
        return ops.Project(parent, values or {"one": ibis.literal(1).op()})
    if isinstance(step, ops.Aggregate):
        groups = {name: moved(value) for name, value in step.groups.items()}
        return ops.Aggregate(parent, groups, {name: moved(value) for name, value in step.metrics.items()})
    if isinstance(step, ops.Filter):
        return ops.Filter(parent, tuple(moved(value) for value in step.predicates))
    if isinstance(step, ops.Sort):
        return ops.Sort(parent, tuple(moved(value) for value in step.keys))
    return ops.Limit(parent, step.n, step.offset)
