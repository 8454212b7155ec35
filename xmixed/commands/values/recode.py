"""recode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from xmixed.commands.registry import command
from xmixed.commands.rows import selected_rows
from xmixed.data.columns import promoted_type, stored
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.operations.recode import fits_of_rules, labels_of, recoded
from xmixed.errors import StataError
from xmixed.expressions.varlist import check_new_name, resolve_varlist
from xmixed.language.arguments.recode_rules import Rule, read_rules, split_recode
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_varlist, parse_words
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.missing import MISSING
from xmixed.session.state import SessionState


@command(
    "recode",
    syntax=Syntax(
        "text",
        condition=True,
        in_range=True,
        options=(
            OptionSpec("generate", "gen", "text", help="new variables for the results"),
            OptionSpec("prefix", "pre", "name", help="new variables with a prefix before the names"),
            OptionSpec("label", "l", "name", help="name of the value label"),
            OptionSpec("copyrest", "c", help="new variables: values outside if and in are copied"),
            OptionSpec("test", "t", help="say which rules overlap or are never used"),
        ),
        exclusive=(("generate", "prefix"),),
    ),
    synopsis="recode varlist (rule) [(rule) ...] [if] [in] [, generate(newvars) prefix(name) label(name)"
    " copyrest test]",
    needs=("data",),
    keeps_r=True,
)
def recode(session: SessionState, node: Command) -> None:
    data = session.data
    names_text, rules_text = split_recode(node.argument or "")
    if not names_text.strip():
        raise StataError(100, "varlist required")
    names = list(dict.fromkeys(resolve_varlist(parse_varlist(names_text), data)))
    rules = read_rules(rules_text)
    for name in names:
        if data[name].is_string:
            raise StataError(108, "recode only allows numeric variables")
    new_names = _new_names(node, names, data)
    if not new_names and any(rule.label is not None for rule in rules):
        raise StataError(198, "value labels may only be specified with generate() or prefix()")
    rows = selected_rows(session, node)
    if node.option("test"):
        _test_rules(session, [data[name].to_double() for name in names], rules, rows)
    changed = []
    for place, name in enumerate(names):
        old = data[name]
        values = recoded(old.to_double(), rules, rows)
        if new_names:
            label = node.option("label") or new_names[place]
            rest = old.to_double() if node.option("copyrest") else np.full(data.n_obs, MISSING)
            data = _with_new(data, old, new_names[place], np.where(rows, values, rest), rules, label)
            count = int(np.count_nonzero(data[new_names[place]].to_double() != old.to_double()))
            session.out.write(f"({count} differences between {name} and {new_names[place]})")
        else:
            kind = promoted_type(old.type, values)
            column = stored(values, kind)
            count = int(np.count_nonzero(values != old.to_double()))
            if count:
                changed.append(replace(old, type=kind, values=column))
            session.out.write(f"({name}: {count} changes made)")
    session.data = data.with_variables(*changed) if changed else data


def _test_rules(
    session: SessionState, columns: list[np.ndarray], rules: Sequence[Rule], rows: np.ndarray
) -> None:
    """Say which rules take values that an earlier one takes, and which have nothing left to change."""
    fitting = [fits_of_rules(values, rules) & rows for values in columns]
    for later, rule in enumerate(rules):
        if "else" in rule.kinds:
            continue
        for earlier in range(later):
            if any(np.any(fits[earlier] & fits[later]) for fits in fitting):
                session.out.write(f"rule {later + 1} overlaps with rule {earlier + 1}")
    for place in range(len(rules)):
        if not any(np.any(fits[place] & ~fits[:place].any(axis=0)) for fits in fitting):
            session.out.write(f"rule {place + 1} is never used")


def _new_names(node: Command, names: list[str], data: Dataset) -> list[str]:
    if node.option("prefix"):
        found = [node.option("prefix") + name for name in names]
    elif node.option("generate"):
        found = list(parse_words(node.option("generate")))
        if len(found) != len(names):
            raise StataError(198, "number of new and old variables differ")
    else:
        return []
    for name in found:
        check_new_name(name, data)
    if len(set(found)) < len(found):
        raise StataError(198, "new variable names are not unique")
    return found


def _with_new(
    data: Dataset,
    old: Variable,
    name: str,
    values: np.ndarray,
    rules: tuple[Rule, ...],
    label: str,
) -> Dataset:
    """Return the data with the recoded variable under a new name."""
    kind = promoted_type(old.type, values)
    texts = labels_of(rules)
    about = f"RECODE of {old.name}" + (f" ({old.label})" if old.label else "")
    attached = label if texts else ""
    fmt = _wide_enough(old.format, texts) if texts else old.format
    data = data.with_variables(Variable(name, kind, stored(values, kind), fmt, about[:80], attached))
    if texts:
        data = data.with_(value_labels={**data.value_labels, attached: texts})
    return data


def _wide_enough(fmt: str, texts: dict[int, str]) -> str:
    """Return a general format as wide as the longest text, as `label values` does."""
    width = max(9, *map(len, texts.values()))
    return f"%{width}.0g" if fmt.endswith("g") else fmt
