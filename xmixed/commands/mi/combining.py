"""mi append, mi merge."""

from __future__ import annotations

import numpy as np

from xmixed.commands.mi.held import keep, opened, reclean
from xmixed.commands.registry import subcommand
from xmixed.commands.using import (
    MERGE_KINDS,
    assertion_failed,
    merge_counts,
    merge_keys,
    merge_results,
    read_using,
    say_changes,
    with_merge_results,
)
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.imputed.clean_up import marked
from xmixed.data.imputed.combining import imputations_in, together
from xmixed.data.imputed.model import Imputations
from xmixed.data.operations.append import append as append_rows
from xmixed.data.operations.merge import merge as merge_data
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words, text_after_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.combine.merge import render_merge
from xmixed.session.state import SessionState

_LABELS = (
    OptionSpec("nolabel", "nol", help="no value labels of the file"),
    OptionSpec("nonotes", "non", help="no notes of the file"),
    OptionSpec("force", "force", help="numbers against strings become missing"),
)


@subcommand(
    "mi",
    "append",
    syntax=Syntax(
        using=True,
        options=(OptionSpec("generate", "gen", "name", help="0 for memory, 1 for the file"), *_LABELS),
    ),
    synopsis="mi append using filename [, generate(newvar) nolabel nonotes force]",
    keeps_r=True,
)
def append(session: SessionState, node: Command) -> None:
    master, other = _both(session, node)
    source = node.option("generate")
    if source is not None:
        check_new_name(source, master.base)
    labels, notes = not node.option("nolabel"), not node.option("nonotes")

    def one(upper: Dataset, lower: Dataset, m: int) -> Dataset:
        done = append_rows(upper, lower, force=bool(node.option("force")), labels=labels, notes=notes)
        if not m:
            say_changes(session, done.promotions, done.labels)
        if source is None:
            return done.dataset
        origin = np.repeat(np.array([0, 1], dtype=np.int8), [upper.n_obs, lower.n_obs])
        return done.dataset.with_variables(Variable(source, "byte", origin, "%8.0g"))

    keep(session, reclean(session, marked(together(master, other, one))))


def _both(session: SessionState, node: Command) -> tuple[Imputations, Imputations]:
    if node.using is None:
        raise StataError(100, "using required")
    return opened(session), imputations_in(read_using(session, node.using))


@subcommand(
    "mi",
    "merge",
    syntax=Syntax(
        "text",
        using=True,
        options=(
            OptionSpec("generate", "gen", "name", help="variable that says where observations are from"),
            *_LABELS,
            OptionSpec("keepusing", "keepus", "varlist", help="variables to take of the file"),
            OptionSpec("assert", "assert", "words", help="results that may occur"),
            OptionSpec("keep", "keep", "words", help="results to keep"),
            OptionSpec("noreport", "norep", help="no table"),
        ),
    ),
    synopsis="mi merge {1:1 | m:1 | 1:m | m:m} varlist using filename [, generate(newvar) nolabel nonotes"
    " force keepusing(varlist) assert(results) keep(results) noreport]",
    keeps_r=True,
)
def merge(session: SessionState, node: Command) -> None:
    words = parse_words(node.argument or "")
    if not words or words[0] not in MERGE_KINDS:
        raise StataError(198, "invalid syntax", hint="mi merge 1:1 varlist using filename")
    master, other = _both(session, node)
    kind = words[0].replace("n", "m")
    keys = merge_keys(master.base, text_after_words(node.argument, 1), kind)
    _check_keys(keys, master, other)
    name = node.option("generate", "")
    if name:
        check_new_name(name, master.base)
    wanted = {option: merge_results(node.option(option, ())) for option in ("assert", "keep")}
    taken = other.base.names
    if node.option("keepusing"):
        chosen = {*keys, *resolve_varlist(node.option("keepusing"), other.base)}
        taken = [name for name in taken if name in chosen]

    def one(left: Dataset, right: Dataset, m: int) -> Dataset:
        merged = merge_data(
            left,
            right.select(taken),
            keys,
            kind,
            force=bool(node.option("force")),
            labels=not node.option("nolabel"),
            notes=not node.option("nonotes"),
        )
        held = merged.kept(wanted["keep"]) if wanted["keep"] else merged
        if not m:
            if wanted["assert"] and not set(merged.results.tolist()) <= wanted["assert"]:
                raise StataError(9, assertion_failed(wanted["assert"]).partition("\n")[0])
            say_changes(session, merged.promotions, merged.labels)
            if not node.option("noreport"):
                session.out.write(*render_merge(merge_counts(held, name, False)))
        return with_merge_results(held, name, labelled=True) if name else held.dataset

    keep(session, reclean(session, marked(together(master, other, one))))


def _check_keys(keys: list[str], *sides: Imputations) -> None:
    """Refuse keys that may differ between imputations, or that a side does not have."""
    for side in sides:
        for key in keys:
            if key not in side.base:
                raise StataError(111, f"variable {key} not found")
            if key in side.varying:
                raise StataError(198, f"{key} is registered as {side.registered[key]}; it may not be a key")
