"""merge."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command
from xmixed.commands.rows import room_of
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
from xmixed.data.dataset import Dataset
from xmixed.data.operations.merge import Merged
from xmixed.data.operations.merge import merge as merge_data
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist, parse_words, text_after_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.render.layouts.combine.merge import render_merge
from xmixed.session.state import SessionState

_OLD_OPTIONS = ("unique", "uniqmaster", "uniqusing", "nokeep", "_merge", "sort", "nosummary")


@command(
    "merge",
    syntax=Syntax(
        "text",
        using=True,
        options=(
            OptionSpec("keepusing", "keepus", "varlist", help="variables to take of the file"),
            OptionSpec("generate", "gen", "name", help="name of _merge"),
            OptionSpec("nogenerate", "nogen", help="no variable _merge"),
            OptionSpec("nolabel", "nol", help="no value labels of the file"),
            OptionSpec("nonotes", "non", help="no notes of the file"),
            OptionSpec("update", "update", help="fill missing values of matched observations"),
            OptionSpec("replace", "replace", help="update: take all known values of the file"),
            OptionSpec("noreport", "norep", help="no table"),
            OptionSpec("force", "force", help="numbers against strings become missing"),
            OptionSpec("assert", "assert", "words", help="results that may occur"),
            OptionSpec("keep", "keep", "text", help="results to keep; old syntax: variables"),
            OptionSpec("sorted", "sorted", help="both are sorted already"),
            OptionSpec("unique", "uniq", help="old syntax: keys are unique in both"),
            OptionSpec("uniqmaster", "uniqm", help="old syntax: keys are unique in memory"),
            OptionSpec("uniqusing", "uniqus", help="old syntax: keys are unique in the file"),
            OptionSpec("nokeep", "nok", help="old syntax: drop observations of the file alone"),
            OptionSpec("sort", "sort", help="old syntax: sort both by the keys, unique in both"),
            OptionSpec("nosummary", "nosum", help="old syntax: no variables _merge1, _merge2"),
            OptionSpec("_merge", "_m", "name", help="old syntax: name of _merge"),
        ),
        exclusive=(("generate", "nogenerate"),),
    ),
    synopsis="merge {1:1 | m:1 | 1:m | m:m} varlist using filename [, keepusing(varlist) generate(newvar)"
    " nogenerate nolabel nonotes update replace noreport force assert(results) keep(results)]",
    keeps_r=True,
)
def merge(session: SessionState, node: Command) -> None:
    if node.using is None:
        raise StataError(100, "using required")
    words = parse_words(node.argument or "")
    if words and words[0] in MERGE_KINDS:
        _merge_new(session, node, words[0].replace("n", "m"), text_after_words(node.argument, 1))
    else:
        _merge_old(session, node)


def _merge_new(session: SessionState, node: Command, kind: str, keys_text: str) -> None:
    for name in _OLD_OPTIONS:
        if name in node.options:
            raise StataError(198, f"option {name} not allowed", node.options[name].span)
    if node.option("replace") and not node.option("update"):
        raise StataError(198, "replace may only be specified with update")
    name = "" if node.option("nogenerate") else node.option("generate", "_merge")
    if name:
        check_new_name(name, session.data)
    wanted = {option: merge_results(node.option(option, ())) for option in ("assert", "keep")}
    keys = merge_keys(session.data, keys_text, kind)
    right = read_using(session, str(node.using))
    merged = _merged(session, node, right, kind, keys, node.option("keepusing"))
    held = merged.kept(wanted["keep"]) if wanted["keep"] else merged
    data = with_merge_results(held, name, labelled=True) if name else held.dataset
    say_changes(session, merged.promotions, merged.labels)
    failed = wanted["assert"] and not set(merged.results.tolist()) <= wanted["assert"]
    session.data = data
    if not node.option("noreport") and not failed:
        session.out.write(*render_merge(merge_counts(held, name, bool(node.option("update")))))
    if failed:
        raise StataError(9, assertion_failed(wanted["assert"]), keeps_results=True)


def _merged(
    session: SessionState, node: Command, right: Dataset, kind: str, keys: list[str], keep: object
) -> Merged:
    for key in keys:
        if key not in right:
            raise StataError(111, f"variable {key} not found")
    if keep:
        names = frozenset([*keys, *resolve_varlist(keep, right)])  # type: ignore[arg-type]
        right = right.select([name for name in right.names if name in names])
    room_of(session).require(session.data.n_obs + right.n_obs, (*session.data, *right))
    return merge_data(
        session.data,
        right,
        keys,
        kind,
        update=bool(node.option("update")),
        take=bool(node.option("replace")),
        force=bool(node.option("force")),
        labels=not node.option("nolabel"),
        notes=not node.option("nonotes"),
    )


def _merge_old(session: SessionState, node: Command) -> None:
    """`merge [varlist] using file`: sorted data, k-th observation of a key with the k-th, no table."""
    for name in ("keepusing", "generate", "nogenerate", "noreport", "assert", "sorted"):
        if name in node.options:
            raise StataError(198, f"option {name} not allowed", node.options[name].span)
    session.out.write("(note: you are using old merge syntax; see [D] merge for new syntax)")
    name = node.option("_merge", "_merge")
    check_new_name(name, session.data)
    text = (node.argument or "").strip()
    keys = list(dict.fromkeys(resolve_varlist(parse_varlist(text), session.data))) if text else []
    sorts = bool(node.option("sort"))
    if sorts and not keys:
        raise StataError(198, "option sort not allowed without a varlist", node.options["sort"].span)
    if not sorts and session.data.sorted_by[: len(keys)] != tuple(keys):
        raise StataError(5, "master data not sorted")
    using = read_using(session, str(node.using))
    if not sorts and using.sorted_by[: len(keys)] != tuple(keys):
        raise StataError(5, "using data not sorted")
    unique = sorts and not (node.option("uniqmaster") or node.option("uniqusing"))
    unique = unique or bool(node.option("unique"))
    left = "1" if unique or node.option("uniqmaster") else "m"
    right = "1" if unique or node.option("uniqusing") else "m"
    keep = parse_varlist(node.option("keep", "")) if node.option("keep") else None
    merged = _merged(session, node, using, f"{left}:{right}" if keys else "1:1", keys, keep)
    if node.option("nokeep"):
        merged = merged.kept((1, 3, 4, 5))
    say_changes(session, merged.promotions, merged.labels)
    session.data = replace(with_merge_results(merged, name, labelled=False), changed=True)
