"""What an expression can see: data, scalars, matrices, saved results, settings, and the random stream."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from xmixed.data.dataset import Dataset
from xmixed.session.memory import Memory

if TYPE_CHECKING:
    from xmixed.session.frames import ByGroup
    from xmixed.statistics.partition import Partition


@dataclass(frozen=True, slots=True)
class Context:
    """What an expression is evaluated against.

    Attributes
    ----------
    data : Dataset
    scalars, matrices : mappings by name
    r, e, s : results
    settings : session settings
    rc : int
        `_rc`, the return code of the last `capture`.
    memory : Memory
    partition : Partition or None
        By-groups: `_n`, `_N`, subscripts and running sums count within each. None: all the data.
    group : ByGroup or None
        What `by` has called the program that runs for.
    version : str
        What `version #` set in this do-file or program.
    ado_path : AdoPath or None
        Where ado-files are looked for.
    typed : str
        `0': what stands behind the name of the program that runs.
    """

    data: Dataset = field(default_factory=Dataset)
    scalars: Mapping[str, float | str] = field(default_factory=dict)
    matrices: Mapping[str, Any] = field(default_factory=dict)
    r: Any = None
    e: Any = None
    s: Any = None
    settings: Any = None
    rc: int = 0
    memory: Memory = field(default_factory=Memory)
    partition: Partition | None = None
    group: ByGroup | None = None
    version: str = "12"
    ado_path: Any = None
    typed: str = ""

    @classmethod
    def of(cls, state: Any) -> Context:
        """Return the context of a session (a `SessionState`), within its by-groups if a `by` is running."""
        return cls(
            data=state.data,
            scalars=state.scalars,
            matrices=state.matrices,
            r=state.r,
            e=state.e,
            s=state.s,
            settings=state.settings,
            rc=int(getattr(state, "rc", 0)),
            memory=state.memory,
            partition=None if state.groups is None else state.groups.partition,
            group=state.frame.group,
            version=state.frame.version,
            ado_path=getattr(state, "ado_path", None),
            typed=state.frame.macros.get("0", ""),
        )

    def over(self, data: Dataset) -> Context:
        """Return this context over other data."""
        return replace(self, data=data)

    def within(self, partition: Partition | None) -> Context:
        """Return this context within by-groups."""
        return replace(self, partition=partition)

    @property
    def size(self) -> int:
        """Number of observations."""
        return self.data.n_obs

    def matrix(self, name: str) -> Any:
        """Return the matrix of a name (`M`, `e(V)`, `r(table)`), or None."""
        if name.endswith(")") and name[:2] in ("e(", "r("):
            results = self.e if name[0] == "e" else self.r
            found = results.get(name[2:-1].strip()) if results is not None else None
            return found if hasattr(found, "column_names") else None
        return self.matrices.get(name)
