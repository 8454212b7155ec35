"""outreg2 and outreg: a table of models in a file that grows by a column with each call.

Its tables are those of `esttab`, with the headings, stars and rows that outreg2's public documentation
describes. The models of a file are remembered, so that `append` writes the whole table again.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from xmixed.commands.publishing.writing import ENDINGS, Shape, evaluator, model_names, write_table
from xmixed.commands.registry import command
from xmixed.errors import StataError
from xmixed.estimation.publishing.design import ADAPTIVE, Design, Element, Star, Wanted, check_number_format
from xmixed.estimation.publishing.table import published_table
from xmixed.language.explain import outside
from xmixed.language.nodes import Command, Option
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.session.results import Estimates
from xmixed.session.state import SessionState
from xmixed.session.stored import stored_estimates

_SECOND = {"tstat": "t", "pvalue": "p", "ci": "ci"}
_LEVELS = ("0.01", "0.05", "0.1")
_SYMBOLS = ("***", "**", "*")
_FORMS = {"word": (".rtf", "rtf"), "excel": (".xls", "tab"), "tex": (".tex", "tex"), "text": (".txt", "tab")}
_ENDINGS = {**ENDINGS, ".doc": "rtf", ".xls": "tab", ".txt": "tab", ".out": "tab", ".docx": "", ".xlsx": ""}
_STANDARD = (Wanted("N", "Observations", "%16.0fc"), Wanted("r2", "R-squared", "%16.3f"))


def _decimals(name: str, minimum: str, figures: str) -> OptionSpec:
    help_ = f"decimals of {figures}"
    return OptionSpec(name, minimum, "integer", help_, minimum_value=0, maximum_value=15)


OPTIONS = (
    OptionSpec("replace", "replace", help="the file may exist"),
    OptionSpec("append", "append", help="add the model to the table in the file"),
    OptionSpec("ctitle", "ct", "text", "name over the model"),
    OptionSpec("label", "lab", "text", "labels in place of names", optional_value=True),
    _decimals("dec", "dec", "all figures"),
    _decimals("bdec", "bd", "coefficients"),
    _decimals("sdec", "sd", "standard errors"),
    _decimals("tdec", "td", "t statistics"),
    _decimals("pdec", "pd", "p-values"),
    _decimals("rdec", "rd", "R-squared"),
    _decimals("adec", "ad", "addstat()"),
    OptionSpec("se", "se", help="standard errors below the coefficients; the default"),
    OptionSpec("tstat", "ts", help="t statistics in place of standard errors"),
    OptionSpec("pvalue", "pv", help="p-values in place of standard errors"),
    OptionSpec("ci", "ci", help="confidence intervals in place of standard errors"),
    OptionSpec("nose", "nose", help="coefficients alone"),
    OptionSpec("noparen", "nopar", help="no parentheses around the second figure"),
    OptionSpec("bracket", "br", help="brackets in place of parentheses"),
    OptionSpec("noaster", "noas", help="no stars"),
    OptionSpec("alpha", "al", "words", "levels of significance, the strongest first"),
    OptionSpec("symbol", "sym", "words", "symbols of these levels"),
    OptionSpec("keep", "keep", "words", "coefficients to show"),
    OptionSpec("drop", "drop", "words", "coefficients not to show"),
    OptionSpec("sortvar", "sort", "words", "coefficients to show first"),
    OptionSpec("nocons", "nocon", help="no constants"),
    OptionSpec("noobs", "noo", help="no number of observations"),
    OptionSpec("nor2", "nor2", help="no R-squared"),
    OptionSpec("adjr2", "adjr2", help="adjusted R-squared"),
    OptionSpec("e", "e", "words", "more results of e()"),
    OptionSpec("addstat", "adds", "text", "names and values of more statistics"),
    OptionSpec("addtext", "addt", "text", "names and texts of more rows"),
    OptionSpec("addnote", "addn", "text", "more notes"),
    OptionSpec("nonotes", "nonote", help="no notes but those of addnote()"),
    OptionSpec("title", "ti", "text", "title of the table"),
    OptionSpec("eform", "ef", help="exponentiated coefficients"),
    OptionSpec("word", "word", help="a file for Word"),
    OptionSpec("excel", "excel", help="a file for Excel"),
    OptionSpec("tex", "tex", "text", "a LaTeX file; tex(fragment)", optional_value=True),
    OptionSpec("text", "text", help="a file with tabs"),
    LEVEL,
)


_SHARED = frozenset(
    (
        "replace append ctitle bdec tdec rdec adec se pvalue ci noparen bracket noaster nocons nor2 adjr2 "
        "addstat addnote nonotes title eform level"
    ).split()
)


@command(
    "outreg2",
    syntax=Syntax(
        "words",
        using=True,
        options=OPTIONS,
        exclusive=(
            ("replace", "append"),
            ("se", *_SECOND, "nose"),
        ),
    ),
    synopsis="outreg2 [names] using file [, replace append ctitle() label dec() addstat() addtext() ...]",
)
def outreg2(session: SessionState, node: Command) -> None:
    _write(session, node)


def _write(session: SessionState, node: Command) -> None:
    """Write the table of a command with the options of outreg2."""
    if node.using is None:
        raise StataError(100, "using required")
    files = _destinations(node)
    for path, _ in files:
        if os.path.exists(path) and not (node.option("replace") or node.option("append")):
            raise StataError(602, f"file {path} already exists")
    path = files[0][0]
    place = os.path.abspath(path)
    known = session.growing_tables.get(place, ()) if node.option("append") else ()
    if node.option("append") and not known and os.path.exists(path):
        raise StataError(198, f"the table in {path} was not made in this session, append needs its models")
    names, kept = _models_and_coefficients(session, node)
    models = (*known, *_titled(session, node, names))
    design = _design(node, models, kept, session.settings.level)
    table = published_table(models, [""] * len(models), design, session.data)
    for own, form in files:
        write_table(session, _as_esttab(node), table, Shape(20, 12, form, own))
    session.growing_tables[place] = models


_STARS_BELOW = "stars_below"
"""Option of our own: stars stand at the second figure."""

OUTREG_OPTIONS = (
    *(own for own in OPTIONS if own.name in _SHARED),
    OptionSpec("nolabel", "nol", help="names in place of labels"),
    OptionSpec("3aster", "3aster", help="three levels: 10, 5 and 1 per cent"),
    OptionSpec("10pct", "10pct", help="a plus for 10 per cent beside the usual two levels"),
    OptionSpec("sigsymb", "sig", "text", "symbols of the levels, the strongest last"),
    OptionSpec("coefastr", "coef", help="stars at the coefficients, not at the figures below"),
    OptionSpec("nonobs", "nonobs", help="no number of observations"),
    OptionSpec("bfmt", "bfmt", "text", "formats of coefficients: f, fc, e, g, gc", built=False),
    OptionSpec("xstats", "xs", help="parameters beside the equations", built=False),
    OptionSpec("margin", "mar", "text", built=False),
    OptionSpec("onecol", "one", help="accepted: equations stand below each other"),
    OptionSpec("comma", "comma", help="commas between cells, in place of tabs"),
    OptionSpec("quote", "quote", built=False),
)


@command(
    "outreg",
    syntax=Syntax(
        "words",
        using=True,
        options=OUTREG_OPTIONS,
        exclusive=(("replace", "append"), ("se", "pvalue", "ci"), ("3aster", "10pct")),
    ),
    synopsis="outreg [varlist] using file [, replace append ctitle() se 3aster coefastr bdec() nolabel ...]",
)
def outreg(session: SessionState, node: Command) -> None:
    """The same tables with t statistics, labels, and stars at the figure below the coefficient."""
    options = dict(node.options)
    span = node.span

    def given(name: str, value: object = None, text: str = "") -> None:
        options[name] = Option(name, value, text, span)

    if not {"se", "pvalue", "ci"} & options.keys():
        given("tstat")
    if options.pop("nolabel", None) is None:
        given("label")
    symbols, levels = ["**", "*"], ["0.01", "0.05"]
    if options.pop("3aster", None) is not None:
        symbols, levels = ["***", "**", "*"], ["0.01", "0.05", "0.1"]
    elif options.pop("10pct", None) is not None:
        symbols, levels = ["**", "*", "+"], ["0.01", "0.05", "0.1"]
    typed = str(options.pop("sigsymb").value).replace(",", " ").split() if "sigsymb" in options else []
    if typed and len(typed) != len(symbols):
        raise StataError(198, f"option sigsymb(): {len(symbols)} symbols are wanted")
    given("symbol", tuple(typed[::-1]) or tuple(symbols))
    given("alpha", tuple(levels))
    if options.pop("coefastr", None) is None and "noaster" not in options:
        given(_STARS_BELOW)
    if options.pop("nonobs", None) is not None:
        given("noobs")
    options.pop("onecol", None)
    path = str(node.using or "")
    comma = options.pop("comma", None) is not None
    if path and not os.path.splitext(path)[1]:
        path += ".csv" if comma else ".out"
    _write(session, replace(node, options=options, using=path or None))


def _as_esttab(node: Command) -> Command:
    """Return the command with the options that esttab has for writing a file."""
    options = dict(node.options)
    if "append" in options:  # the whole table is written again
        options["replace"] = options.pop("append")
    if str(node.option("tex", "")).startswith("frag"):
        options["fragment"] = options["tex"]
    return replace(node, options=options)


def _destinations(node: Command) -> list[tuple[str, str]]:
    """Return the paths of the files and their formats; several formats share the name without its ending."""
    path = os.path.expanduser(str(node.using))
    asked = [_FORMS[name] for name in _FORMS if node.option(name)]
    stem, ending = os.path.splitext(path)
    ending = ending.lower()
    if len(asked) > 1:
        return [((stem if ending in _ENDINGS else path) + own, form) for own, form in asked]
    if asked:
        own, form = asked[0]
        return [(path if ending else path + own, form)]
    if not ending:
        return [(f"{path}.txt", "tab")]
    if ending not in _ENDINGS:
        raise StataError(198, f"outreg2 does not write {ending} files; use .doc, .xls, .tex or .txt")
    return [(path, _ENDINGS[ending])]


def _models_and_coefficients(session: SessionState, node: Command) -> tuple[list[str], tuple[str, ...]]:
    """Return stored results that are named, the active ones otherwise, and coefficients that are named."""
    words = tuple(word.strip("[]") for word in node.argument if word.strip("[]"))
    if any(word in session.stored for word in words) or "[" in "".join(node.argument):
        return model_names(session, words), ()
    return ["."], (*words, "_cons") if words else ()


def _titled(session: SessionState, node: Command, names: Sequence[str]) -> tuple[Estimates, ...]:
    """Return copies of results with the title, statistics and texts that this call gives them."""
    value = evaluator(session)
    statistics = {name: value(text) for name, text in _pairs(node, "addstat")}
    texts = dict(_pairs(node, "addtext"))
    found = []
    for name in names:
        own = stored_estimates(session, name)
        copy = replace(
            own,
            scalars=own.scalars | statistics,
            macros=own.macros | texts | {"outreg2_rows": "\n".join((*statistics, *texts))},
            title=str(node.option("ctitle", "")) or (own.title if name != "." else ""),
            payload=None,
            kept=None,
        )
        found.append(copy)
    return tuple(found)


def _pairs(node: Command, option: str) -> list[tuple[str, str]]:
    """Return the names and texts of `addstat(F, e(F), p, e(p))`."""
    parts = [part.strip().strip('"') for part in _at_commas(_typed(node, option))]
    if len(parts) % 2:
        raise StataError(198, f"option {option}() incorrectly specified", node.options[option].span)
    return list(zip(parts[::2], parts[1::2], strict=True))


def _typed(node: Command, option: str) -> str:
    """Return what stands in the parentheses of an option, with its quotes; "" without it."""
    return node.options[option].text if option in node.options else ""


def _at_commas(text: str) -> list[str]:
    """Return the parts of a text between commas that stand outside of quotes and parentheses."""
    edges = [-1, *(position for position, mark in outside(text, 0, len(text)) if mark == ","), len(text)]
    return [text[start + 1 : end] for start, end in pairwise(edges)] if text.strip() else []


def _design(node: Command, models: Sequence[Estimates], kept: tuple[str, ...], level: float) -> Design:
    return Design(
        elements=_elements(node),
        stars=() if node.option("noaster") else _stars(node),
        statistics=_statistics(node, models),
        label="label" in node.options,
        keep=(*kept, *node.option("keep", ())),
        drop=tuple(node.option("drop", ())),
        order=tuple(node.option("sortvar", ())),
        labels={"_cons": "Constant"},
        exponentiate=bool(node.option("eform")),
        notes=tuple(part.strip().strip('"') for part in _at_commas(_typed(node, "addnote"))),
        standard_notes=not node.option("nonotes"),
        title=str(node.option("title", "")),
        level=float(node.option("level", level)),
        no_constant=bool(node.option("nocons")),
    )


def _elements(node: Command) -> tuple[Element, ...]:
    below = bool(node.option(_STARS_BELOW))
    first = Element("b", _format(node, "bdec"), stars=not node.option("noaster") and not below)
    if node.option("nose"):
        return (first,)
    name = next((figure for option, figure in _SECOND.items() if node.option(option)), "se")
    decimals = {"se": "sdec", "t": "tdec", "p": "pdec", "ci": "bdec"}[name]
    brackets = ("[", "]") if node.option("bracket") or name == "ci" else ("(", ")")
    if node.option("noparen"):
        brackets = ()
    return first, Element(name, _format(node, decimals), stars=below, brackets=brackets)


def _format(node: Command, option: str, standard: str = ADAPTIVE) -> str:
    decimals = node.option(option, node.option("dec"))
    return standard if decimals is None else check_number_format(str(decimals), option)


def _stars(node: Command) -> tuple[Star, ...]:
    """Return the stars, from the weakest on."""
    levels = tuple(word.strip(",") for word in node.option("alpha", _LEVELS))
    symbols = tuple(word.strip(",") for word in node.option("symbol", _SYMBOLS))
    if len(symbols) < len(levels):
        raise StataError(198, "option symbol(): fewer symbols than levels")
    try:
        found = [
            Star(symbol, float(text), text) for symbol, text in zip(symbols, levels, strict=False) if text
        ]
    except ValueError as error:
        raise StataError(198, "option alpha() incorrectly specified") from error
    return tuple(sorted(found, key=lambda star: -star.level))


def _statistics(node: Command, models: Sequence[Estimates]) -> tuple[Wanted, ...]:
    """Return the rows below the coefficients: those that all tables have, then those of any model."""
    count, r2 = _STANDARD
    found = [] if node.option("noobs") else [count]
    if not node.option("nor2") and any("r2" in model.scalars for model in models):
        found.append(replace(r2, format=_format(node, "rdec", r2.format)))
    if node.option("adjr2"):
        found.append(Wanted("r2_a", "Adj. R-squared", _format(node, "rdec", r2.format)))
    found += [Wanted(name, name, _format(node, "adec")) for name in node.option("e", ())]
    own = dict.fromkeys(name for model in models for name in model.macros.get("outreg2_rows", "").split("\n"))
    return (*found, *(Wanted(name, name, _format(node, "adec")) for name in own if name))
