"""numlabel, labelbook, label language."""

from __future__ import annotations

from dataclasses import replace

from xmixed.commands.registry import command, subcommand
from xmixed.data.dataset import Dataset, Variable
from xmixed.data.value_labels import LONG_MISSING, known_labels
from xmixed.errors import StataError
from xmixed.expressions.varlist import is_valid_name
from xmixed.language.nodes import Command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.session.results import Results
from xmixed.session.state import SessionState

LIST, CURRENT = "_lang_list", "_lang_c"
"""Characteristics of the data: the languages, and the one that shows."""
DEFAULT = "default"


@command(
    "numlabel",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("add", "a", help="put the value before the text"),
            OptionSpec("remove", "r", help="take it away again"),
            OptionSpec("mask", "m", "text", "what stands before the text, # for the value"),
            OptionSpec("force", "force", help="labels that lack it are no error"),
            OptionSpec("detail", "detail", help="list the labels that were changed"),
        ),
        exclusive=(("add", "remove"),),
    ),
    synopsis='numlabel [lblname ...], {add | remove} [mask("#. ") force detail]',
    keeps_r=True,
)
def numlabel(session: SessionState, node: Command) -> None:
    """Labels of missing values stay as they are; a text that lacks the mark is an error of remove."""
    data = session.data
    names = known_labels(data, node.argument)
    if not node.option("add") and not node.option("remove"):
        raise StataError(198, "option add or remove required")
    mask = node.options["mask"].value if "mask" in node.options else "#. "
    if mask.count("#") != 1:
        raise StataError(198, "option mask() incorrectly specified")
    tables = dict(data.value_labels)
    for name in names:
        texts = data.value_labels[name]
        marks = {value: mask.replace("#", str(value)) for value in texts if value < LONG_MISSING}
        if node.option("add"):
            new = {v: marks.get(v, "") + text for v, text in texts.items()}
        else:
            bare = [v for v, mark in marks.items() if not texts[v].startswith(mark)]
            if bare and not node.option("force"):
                raise StataError(180, f"value label {name} has no numeric prefix of this mask")
            new = {v: text.removeprefix(marks.get(v, "")) for v, text in texts.items()}
        if node.option("detail") and new != texts:
            session.out.write(f"{name}:", *(f"{v:>12} {text}" for v, text in new.items() if v in marks))
        tables[name] = new
    session.data = data.with_(value_labels=tables)


@command(
    "labelbook",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("alpha", "alpha", help="the texts in alphabetic order"),
            OptionSpec(
                "length", "length", "integer", "characters that are to tell texts apart", minimum_value=1
            ),
            OptionSpec("list", "list", "integer", "texts shown of each label", minimum_value=0),
            OptionSpec("problems", "problems", help="only what may be wrong"),
            OptionSpec("detail", "detail", help="with problems: the labels' blocks too"),
        ),
    ),
    synopsis="labelbook [lblname ...] [, alpha length(#) list(#) problems detail]",
)
def labelbook(session: SessionState, node: Command) -> None:
    from xmixed.data.operations.label_facts import PROBLEMS, label_facts
    from xmixed.render.layouts.describe.labelbook import render_label
    from xmixed.render.layouts.describe.problems import render_problems

    data = session.data
    names = known_labels(data, node.argument)
    length = int(node.option("length", 12))
    found: dict[str, list[str]] = {}
    for name in names:
        texts = data.value_labels[name]
        users = [variable.name for variable in data if variable.value_label == name]
        order = sorted(texts, key=lambda v: texts[v]) if node.option("alpha") else sorted(texts)
        shown = {value: texts[value] for value in order[: int(node.option("list", 32000))]}
        facts = label_facts(texts, length)
        for problem in facts.problems(bool(users)):
            found.setdefault(problem, []).append(name)
        if not node.option("problems") or node.option("detail"):
            session.out.write(*render_label(name, facts, length, shown, users, session.settings.linesize))
    if node.option("problems"):
        listed = [
            (PROBLEMS[name].replace("#", str(length)), found[name]) for name in PROBLEMS if name in found
        ]
        session.out.write(*render_problems(data.source, "value labels", listed, session.settings.linesize))
    macros = {name: " ".join(found[name]) for name in PROBLEMS if name in found}
    session.r = Results({}, {"names": " ".join(names), **macros}, {})


def _languages(data: Dataset) -> tuple[list[str], str]:
    texts = data.characteristics.get("_dta", {})
    return texts.get(LIST, DEFAULT).split(), texts.get(CURRENT, DEFAULT)


@subcommand(
    "label",
    "language",
    syntax=Syntax(
        "words",
        options=(
            OptionSpec("new", "new", help="a language that is not there yet"),
            OptionSpec("copy", "copy", help="with the labels of the one that shows"),
            OptionSpec("rename", "rename", help="another name for the language that shows"),
            OptionSpec("delete", "delete", help="take a language away"),
        ),
        exclusive=(("new", "rename", "delete"), ("copy", "rename", "delete")),
    ),
    synopsis="label language [name [, new [copy] | rename | delete]]",
)
def language(session: SessionState, node: Command) -> None:
    languages, current = _languages(session.data)
    if not node.argument:
        _show_languages(session, languages, current)
        return
    if len(node.argument) > 1 or not is_valid_name(node.argument[0]) or len(node.argument[0]) > 24:
        raise StataError(198, "invalid syntax")
    name = node.argument[0]
    if name in languages and (node.option("new") or node.option("rename")):
        raise StataError(110, f"language {name} already defined")
    if name not in languages and not node.option("new") and not node.option("rename"):
        raise StataError(111, f"language {name} not found")
    if node.option("new"):
        session.data = _switched(session.data, [*languages, name], current, name, bool(node.option("copy")))
    elif node.option("rename"):
        renamed = [name if known == current else known for known in languages]
        session.data = _with_languages(session.data, renamed, name)
    elif node.option("delete"):
        if len(languages) == 1:
            raise StataError(198, "the last language cannot be deleted")
        left = [known for known in languages if known != name]
        data = _switched(session.data, languages, current, left[0]) if name == current else session.data
        data = _without(data, name)
        session.data = _with_languages(data, left, left[0] if name == current else current)
    elif name != current:
        session.data = _switched(session.data, languages, current, name)


def _show_languages(session: SessionState, languages: list[str], current: str) -> None:
    session.out.write(
        "",
        "Language for variable and value labels",
        "",
        "    Available languages:",
        *(f"            {name}" for name in sorted(languages)),
        "",
        f"    Currently set is:         label language {current}",
        "",
        "    To select different language:  <name> from available languages",
        "            label language <name>",
    )
    session.r = Results(
        {"k": float(len(languages))}, {"languages": " ".join(languages), "language": current}, {}
    )


def _with_languages(data: Dataset, languages: list[str], current: str) -> Dataset:
    texts = data.characteristics.get("_dta", {})
    return data.with_characteristics("_dta", {**texts, LIST: " ".join(languages), CURRENT: current})


def _switched(data: Dataset, languages: list[str], old: str, new: str, copy: bool = False) -> Dataset:
    """Set the labels of a language aside and show those of another one; `copy`: keep them for it too."""
    aside = f"_lang_v_{old}", f"_lang_l_{old}"
    characteristics = {owner: dict(texts) for owner, texts in data.characteristics.items()}
    variables: list[Variable] = []
    for variable in data:
        texts = characteristics.setdefault(variable.name, {})
        for key, text in zip(aside, (variable.label, variable.value_label), strict=True):
            if text:
                texts[key] = text
        label, values = texts.pop(f"_lang_v_{new}", ""), texts.pop(f"_lang_l_{new}", "")
        shown = variable if copy else replace(variable, label=label, value_label=values)
        variables.append(shown)
    whole = characteristics.setdefault("_dta", {})
    if data.label:
        whole[aside[0]] = data.label
    title = whole.pop(f"_lang_v_{new}", "")
    kept = {owner: texts for owner, texts in characteristics.items() if texts}
    moved = data.with_(variables=variables, characteristics=kept, label=data.label if copy else title)
    return _with_languages(moved, languages, new)


def _without(data: Dataset, name: str) -> Dataset:
    gone = {f"_lang_v_{name}", f"_lang_l_{name}"}
    kept = {
        owner: {key: text for key, text in texts.items() if key not in gone}
        for owner, texts in data.characteristics.items()
    }
    return data.with_(characteristics={owner: texts for owner, texts in kept.items() if texts})
