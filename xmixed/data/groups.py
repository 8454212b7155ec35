"""The by-groups that a command runs within."""

from __future__ import annotations

from dataclasses import dataclass

from xmixed.statistics.partition import Partition


@dataclass(frozen=True, slots=True)
class Groups:
    """What `by` says to the command behind it.

    Attributes
    ----------
    names : tuple of str
        Variables that form the groups; the data are sorted by them.
    partition : Partition
    rc0 : bool
        The groups after one that fails are run all the same.
    """

    names: tuple[str, ...]
    partition: Partition
    rc0: bool = False
