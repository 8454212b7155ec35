"""mi copy, mi erase: the files of style flongsep; mi add: imputations from another file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xmixed.commands.mi.held import CLEAR, NOUPDATE, keep, names_of, opened, reclean
from xmixed.commands.registry import subcommand
from xmixed.commands.using import read_using
from xmixed.data.dataset import Dataset
from xmixed.data.imputed.combining import imputations_in
from xmixed.data.imputed.foreign import by_key
from xmixed.data.imputed.model import Imputations
from xmixed.data.imputed.separate import check_free, erase
from xmixed.data.imputed.styles import aligned
from xmixed.errors import StataError
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.text import plural
from xmixed.session.state import SessionState


@subcommand(
    "mi",
    "copy",
    syntax=Syntax("filename", options=(OptionSpec("replace", "replace", help="files there give way"),)),
    synopsis="mi copy newname [, replace]",
    keeps_r=True,
)
def copy(session: SessionState, node: Command) -> None:
    imputations = opened(session)
    if imputations.style != "flongsep":
        raise StataError(119, "data are not of style flongsep", hint="save writes them into one file")
    if not node.argument:
        raise StataError(198, "invalid file specification")
    name = str(node.argument).removesuffix(".dta")
    check_free(name, imputations.count, bool(node.option("replace")))
    keep(session, replace(imputations, name=name))


@subcommand(
    "mi",
    "erase",
    syntax=Syntax("filename", options=(CLEAR,)),
    synopsis="mi erase name [, clear]",
    keeps_r=True,
)
def mi_erase(session: SessionState, node: Command) -> None:
    if not node.argument:
        raise StataError(198, "invalid file specification")
    name = str(node.argument).removesuffix(".dta")
    if session.data.source == f"{name}.dta":
        if not node.option("clear"):
            raise StataError(4, "no; data in memory would be lost", hint="they are those of these files")
        session.data = Dataset()
    erase(name)


@subcommand(
    "mi",
    "add",
    syntax=Syntax(
        "varlist",
        using=True,
        options=(
            OptionSpec("assert", "assert", "words", help="match: all observations must match"),
            NOUPDATE,
        ),
    ),
    synopsis="mi add varlist using filename [, assert(match) noupdate]",
    keeps_r=True,
)
def add(session: SessionState, node: Command) -> None:
    if node.using is None:
        raise StataError(100, "using required")
    if not node.argument:
        raise StataError(100, "varlist required")
    if node.option("assert") not in (None, ("match",)):
        raise StataError(198, "option assert() incorrectly specified", node.options["assert"].span)
    master = opened(session, not node.option("noupdate"))
    keys = names_of(node.argument, master)
    other = imputations_in(read_using(session, node.using))
    datasets = [master.base, other.base, *other.copies]
    _, first, *more = by_key(datasets, keys, ["memory", *[node.using] * (len(datasets) - 1)])
    if node.option("assert") and not _all_match(master, first):
        raise StataError(9, "assertion is false", hint="not every observation matches")
    places = np.arange(1, master.base.n_obs + 1)
    kept = [name for name in master.varying if name in other.varying]
    new = [_taken(master, aligned(master.base, places, data)[0], kept) for data in more]
    made = replace(master, copies=(*master.copies, *new))
    keep(session, reclean(session, made))
    session.out.write(f"({plural(len(new), 'imputation', 'imputations')} added; M = {made.count})")


def _all_match(master: Imputations, first: Dataset) -> bool:
    return first.n_obs == master.base.n_obs and bool(first["_mi_id"].known().all())


def _taken(master: Imputations, data: Dataset, names: list[str]) -> Dataset:
    """Return the original data with some variables of an imputation."""
    return master.base.with_variables(*(data[name] for name in names))
