"""use, save, saveold, sysuse, webuse, clear."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from xmixed.commands.files.memory import REPLACE, file_name, say_if_new, selected_part
from xmixed.commands.registry import command, subcommand
from xmixed.commands.replacing import LOADING, check_may_replace
from xmixed.data.dataset import Dataset, Variable
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.describe.describe import render_names
from xmixed.render.text import printable
from xmixed.session.results import Estimates, Results
from xmixed.session.state import SessionState

if TYPE_CHECKING:
    from xmixed.data.files.dta.writer import Saved

WEBUSE = "webuse"
"""Key of the remembered address that `webuse set` gives."""

SAMPLE = "_e_sample"
"""Variable of a file in which `save, all` keeps e(sample)."""

OLD_RELEASE = 114
"""File format of `saveold`: Stata 10's."""


def read_file(session: SessionState, name: str, command_name: Literal["use", "webuse", "sysuse"]) -> Dataset:
    """Return the dataset in a file that a command names; variables that got another name are said."""
    from xmixed.data.files.dataset_file import read_dataset

    found = read_dataset(name, command_name)
    session.out.write(*map(printable, found.notes))
    return found.dataset


def _install(session: SessionState, data: Dataset) -> None:
    """Make a dataset the data in memory and show its label."""
    session.data = data
    if data.label:
        session.out.write(f"({printable(data.label)})")


@command(
    "use",
    syntax=Syntax(
        "filename",
        condition=True,
        in_range=True,
        using=True,
        options=(
            *LOADING,
            OptionSpec("nolabel", "nol", help="leave the value labels out"),
            OptionSpec(
                "engine",
                "eng",
                "choice",
                "leave the rows where they are and query them",
                choices=(("duckdb", "duckdb"),),
            ),
            OptionSpec("table", "table", "text", help="name of the table of a DuckDB file"),
        ),
    ),
    synopsis="use filename [, clear nolabel engine(duckdb) table(name)]"
    "  or  use [varlist] [if] [in] using filename [, clear nolabel engine(duckdb) table(name)]",
    keeps_r=True,
)
def use(session: SessionState, node: Command) -> None:
    if node.using is None and (node.condition is not None or node.in_range is not None):
        raise StataError(100, "using required")
    name = node.using if node.using is not None else file_name(node)
    check_may_replace(session, node, LOADING)
    if _is_reference(node, name):
        from xmixed.commands.files.referring import use_by_reference

        data = use_by_reference(session, node, name)
    else:
        data = read_file(session, name, "use")
        if node.using is not None:
            data = _selected(session, node, data)
        data = _with_sample(session, data)
    if node.option("nolabel"):
        bare = tuple(replace(variable, value_label="") for variable in data)
        data = replace(data, variables=bare, value_labels={})
    _install(session, data)


def _with_sample(session: SessionState, data: Dataset) -> Dataset:
    """Return data where the variable that `save, all` wrote is e(sample) of the active estimates again."""
    if SAMPLE not in data or not session.e.mark:
        return data
    mark = data[SAMPLE].to_double() == 1
    return data.without({SAMPLE}).with_(marks={session.e.mark: mark}, changed=False)


def _is_reference(node: Command, name: str) -> bool:
    """Return whether the rows are to stay where they are: an option or the name says so."""
    from xmixed.data.files.dataset_file import is_reference

    return bool(node.option("engine") or node.option("table")) or is_reference(name)


def _selected(session: SessionState, node: Command, data: Dataset) -> Dataset:
    """Reduce a dataset just read to the variables and observations asked for."""
    names = resolve_varlist(node.argument, data) if node.argument else data.names
    data = selected_part(session, node, data)
    gone = set(data.names) - set(names)
    return replace(data.without(gone), n_obs=data.n_obs, changed=False)


_EMPTYOK = OptionSpec("emptyok", "emptyok", help="save also when there are no variables")


@command(
    "save",
    syntax=Syntax(
        "filename",
        options=(
            REPLACE,
            _EMPTYOK,
            OptionSpec("nolabel", "nol", help="leave the value labels out"),
            OptionSpec("orphans", "or", help="save unused value labels too"),
            OptionSpec("all", "all", help="save e(sample) too"),
        ),
    ),
    synopsis="save [filename] [, replace emptyok nolabel orphans all]",
    keeps_r=True,
    by_reference=True,
)
def save(session: SessionState, node: Command) -> None:
    _save(session, node, None)


@command(
    "saveold",
    syntax=Syntax(
        "filename",
        options=(
            REPLACE,
            OptionSpec(
                "version",
                "v",
                "integer",
                "for which edition: files are such as Stata 10 and later read",
                minimum_value=10,
                maximum_value=15,
            ),
        ),
    ),
    synopsis="saveold filename [, replace version(#)]",
    keeps_r=True,
    by_reference=True,
)
def saveold(session: SessionState, node: Command) -> None:
    _save(session, node, OLD_RELEASE)


def _save(session: SessionState, node: Command, release: int | None) -> None:
    from xmixed.data.files.locate import with_suffix

    data = session.data
    if not data.variables and not node.option("emptyok"):
        raise StataError(111, "no variables defined")
    name = node.argument or data.source
    if not name or "://" in name:
        raise StataError(198, "invalid file specification")
    if name.lower().endswith((".parquet", ".pq")):
        raise StataError(198, "invalid file specification", hint="export parquet writes such files")
    name = with_suffix(name)
    if node.option("replace"):
        say_if_new(session, name)
    written = _with_labels_to_save(data, node)
    if node.option("all"):
        written = _with_variable_of_sample(session, written)
    saved = _written(written, name, release, bool(node.option("replace")))
    session.data = replace(data, source=name, timestamp=saved.timestamp, changed=False)
    session.out.write(f"file {printable(name)} saved")


def _with_variable_of_sample(session: SessionState, data: Dataset) -> Dataset:
    mark = data.marks.get(session.e.mark) if session.e.mark else None
    if mark is None:
        return data
    if data.reference is not None:
        from xmixed.data.reference.model import needs_rows

        raise needs_rows("saving e(sample) is")
    check_new_name(SAMPLE, data)
    return data.with_variables(Variable(SAMPLE, "byte", mark.astype(np.int8), "%8.0g", "e(sample)"))


def _written(data: Dataset, name: str, release: int | None, replaces: bool) -> Saved:
    """Write the data; those by reference some rows at a time."""
    if data.reference is None:
        from xmixed.data.files.dta.writer import write_dta

        return write_dta(data, name, release=release, replace=replaces)
    from xmixed.data.files.dta.streamed import write_streamed
    from xmixed.data.reference.fetching import fetched_blocks, without_rows
    from xmixed.data.reference.model import needs_rows

    long = next((variable.name for variable in data if variable.type == "strL"), "")
    if long:
        raise needs_rows(f"saving {long}, a strL, is")
    reference = data.reference
    return write_streamed(
        without_rows(data),
        lambda names: fetched_blocks(data.select(names), reference),
        name,
        release,
        replaces,
    )


def _with_labels_to_save(data: Dataset, node: Command) -> Dataset:
    """Return the data with the value labels that the file gets: those of variables, in any language."""
    if node.option("nolabel"):
        return replace(data, value_labels={})
    if node.option("orphans"):
        return data
    used = {variable.value_label for variable in data}
    for texts in data.characteristics.values():
        used |= {text for key, text in texts.items() if key.startswith("_lang_l_")}
    return replace(data, value_labels={k: v for k, v in data.value_labels.items() if k in used})


@command(
    "sysuse",
    syntax=Syntax("filename", options=LOADING),
    synopsis="sysuse name [, clear]  or  sysuse dir",
    keeps_r=True,
)
def sysuse(session: SessionState, node: Command) -> None:
    name = file_name(node)
    if name == "dir":
        from xmixed.data.files.locate import shipped_datasets

        session.out.write(*render_names(shipped_datasets(), session.settings.linesize))
        return
    check_may_replace(session, node, LOADING)
    _install(session, read_file(session, name, "sysuse"))


@command(
    "webuse",
    syntax=Syntax("filename", options=LOADING),
    synopsis="webuse name [, clear]  or  webuse set [address]  or  webuse query",
    keeps_r=True,
)
def webuse(session: SessionState, node: Command) -> None:
    name = file_name(node)
    check_may_replace(session, node, LOADING)
    prefix = session.settings.remembered.get(WEBUSE)
    address = name if prefix is None or "://" in name else f"{prefix}/{name}"
    _install(session, read_file(session, address, "webuse"))


@subcommand("webuse", "set", syntax=Syntax("filename"), synopsis="webuse set [address]", keeps_r=True)
def webuse_set(session: SessionState, node: Command) -> None:
    """Without an address it is the manual's again."""
    if not node.argument:
        session.settings.remembered.pop(WEBUSE, None)
    else:
        typed = node.argument.rstrip("/")
        session.settings.remembered[WEBUSE] = typed if "://" in typed else f"http://{typed}"
    webuse_query(session, node)


@subcommand("webuse", "query", syntax=Syntax(), synopsis="webuse query", keeps_r=True)
def webuse_query(session: SessionState, node: Command) -> None:
    from xmixed.data.files.locate import WEBUSE_ADDRESS

    prefix = session.settings.remembered.get(WEBUSE, WEBUSE_ADDRESS.rstrip("/"))
    session.out.write(f'(prefix now "{printable(prefix)}")')


@command(
    "clear",
    syntax=Syntax("words"),
    synopsis="clear [all | * | results | matrix | mata | ado | programs]",
    keeps_r=True,
)
def clear(session: SessionState, node: Command) -> None:
    """Stata: `clear` alone removes data and value labels; there is no ado or program here to clear."""
    what = " ".join(node.argument)
    if what not in {"", "all", "*", "results", "matrix", "mata", "ado", "programs"}:
        raise StataError(198, "invalid syntax")
    everything = what in {"all", "*"}
    if everything or not what:
        session.data = Dataset()
    if everything or what == "mata":
        session.mata = None
    if everything or what == "matrix":
        session.matrices.clear()
    if everything:
        session.scalars.clear()
        session.stored.clear()
    if everything or what == "results":
        session.r, session.e, session.s = Results(), Estimates(), Results()
