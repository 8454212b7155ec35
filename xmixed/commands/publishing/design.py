"""The options of `esttab`, and what they mean. Registers nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xmixed.errors import StataError
from xmixed.estimation.publishing.table import ADAPTIVE, Design, Element, Star, Wanted, check_number_format
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_command, parse_words
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.render.published.table import Group

Option = Callable[..., Any]

FORMATS = ("fixed", "tab", "csv", "scsv", "tex", "html", "md", "rtf")


def _optional(name: str, minimum: str, help_: str) -> OptionSpec:
    return OptionSpec(name, minimum, "text", help_, optional_value=True)


OPTIONS: tuple[OptionSpec, ...] = (
    OptionSpec("b", "b", "text", "format of coefficients"),
    _optional("se", "se", "standard errors in place of t statistics"),
    _optional("t", "t", "format of t statistics"),
    _optional("p", "p", "p-values in place of t statistics"),
    _optional("ci", "ci", "confidence intervals in place of t statistics"),
    OptionSpec("not", "not", help="coefficients alone"),
    OptionSpec("cells", "c", "text", "figures of a coefficient: b, se, t, p, ci with star, par, fmt()"),
    OptionSpec("wide", "w", help="figures in parentheses beside the coefficients"),
    OptionSpec("plain", "plain", help="no rules, stars and parentheses"),
    OptionSpec("nostar", "nostar", help="no stars"),
    _optional("star", "st", "symbols and levels of significance"),
    OptionSpec("label", "l", help="labels in place of names"),
    _optional("r2", "r2", "R-squared"),
    _optional("ar2", "ar2", "adjusted R-squared"),
    _optional("pr2", "pr2", "pseudo R-squared"),
    _optional("aic", "aic", "Akaike's information criterion"),
    _optional("bic", "bic", "Bayesian information criterion"),
    OptionSpec("scalars", "s", "text", "more results of e(), each with a label"),
    OptionSpec("stats", "stats", "text", "results of e() in place of N, with fmt() and labels()"),
    OptionSpec("sfmt", "sfm", "text", "formats of these results"),
    OptionSpec("noobs", "noo", help="no number of observations"),
    OptionSpec("obslast", "obsl", help="number of observations last"),
    OptionSpec("nogaps", "nogap", help="no blank lines between coefficients"),
    OptionSpec("compress", "com", help="narrower columns"),
    OptionSpec("nomtitles", "nomti", help="no names over the models"),
    OptionSpec("mtitles", "mti", "words", "names over the models", optional_value=True),
    OptionSpec("depvars", "dep", help="dependent variables over the models; the default"),
    OptionSpec("nodepvars", "nodep", help="names of stored results over the models"),
    OptionSpec("nonumbers", "nonum", help="no numbers over the models"),
    OptionSpec("numbers", "num", help="numbers over the models; the default"),
    OptionSpec("mgroups", "mgr", "text", "headings over several models, with pattern()"),
    OptionSpec("title", "ti", "text", "title of the table"),
    OptionSpec("keep", "k", "words", "coefficients to show"),
    OptionSpec("drop", "d", "words", "coefficients not to show"),
    OptionSpec("order", "o", "words", "coefficients to show first"),
    OptionSpec("rename", "ren", "words", "pairs of old and new names"),
    OptionSpec("coeflabels", "coef", "words", "pairs of names and labels"),
    OptionSpec("varlabels", "varl", "words", "pairs of names and labels"),
    OptionSpec("indicate", "ind", "text", "coefficients shown as Yes or No: label = names"),
    OptionSpec("noomitted", "noomit", help="no omitted coefficients"),
    OptionSpec("nobaselevels", "nobase", help="no base levels"),
    OptionSpec("noeqlines", "noeql", help="no titles and rules between equations"),
    OptionSpec("eform", "ef", help="exponentiated coefficients"),
    OptionSpec("notes", "notes", help="notes below the table; the default"),
    OptionSpec("nonotes", "nonote", help="no notes but those of addnotes()"),
    OptionSpec("addnotes", "addn", "words", "more notes"),
    OptionSpec("varwidth", "varw", "integer", "width of the names", minimum_value=4, maximum_value=200),
    OptionSpec("modelwidth", "model", "integer", "width of a model", minimum_value=4, maximum_value=200),
    OptionSpec("replace", "replace", help="the file may exist"),
    OptionSpec("append", "a", help="add to the file"),
    OptionSpec("booktabs", "book", help="LaTeX with the rules of booktabs"),
    OptionSpec("fragment", "f", help="LaTeX without the begin and end of the table"),
    *(OptionSpec(name, name, help=f"the table as {name}") for name in FORMATS),
    LEVEL,
    OptionSpec("unstack", "uns", built=False),
    OptionSpec("transform", "trans", "text", built=False),
    OptionSpec("alignment", "ali", "text", built=False),
    OptionSpec("width", "width", "text", built=False),
    OptionSpec("longtable", "longtable", built=False),
    OptionSpec("substitute", "sub", "text", built=False),
    OptionSpec("refcat", "refcat", "text", built=False),
    OptionSpec("prehead", "preh", "text", built=False),
    OptionSpec("posthead", "posth", "text", built=False),
    OptionSpec("prefoot", "pref", "text", built=False),
    OptionSpec("postfoot", "postf", "text", built=False),
    OptionSpec("margin", "mar", optional_value=True, kind="text", built=False),
    OptionSpec("beta", "beta", optional_value=True, kind="text", built=False),
)

_LABELS = {"N": "N", "r2": "R-sq", "r2_a": "adj. R-sq", "r2_p": "pseudo R-sq", "aic": "AIC", "bic": "BIC"}
_SHORT = {"r2": "r2", "ar2": "r2_a", "pr2": "r2_p", "aic": "aic", "bic": "bic"}
_BRACKETS = {"t": "()", "se": "()", "p": "()", "ci": "[]"}
_DEFAULT_FORMATS = {"b": ADAPTIVE, "se": ADAPTIVE, "t": "%16.2f", "p": "%16.3f", "ci": ADAPTIVE}
_STARS = (Star("*", 0.05, "0.05"), Star("**", 0.01, "0.01"), Star("***", 0.001, "0.001"))


def shape_of(option: Option) -> tuple[int, int]:
    """Return the widths of names and of the numbers of a model."""
    narrow = 9 if option("compress") else 12
    return int(option("varwidth", 20 if option("label") else 12)), int(option("modelwidth", narrow))


def design_of(option: Option, level: float) -> Design:
    """Return what the options ask for.

    Raises
    ------
    StataError
        r(198), r(120).
    """
    given = option("mtitles")
    titles = given if isinstance(given, tuple) else None
    return Design(
        elements=_elements(option),
        stars=() if option("nostar") or option("plain") else _star_levels(option("star")),
        statistics=_statistics(option),
        wide=bool(option("wide")),
        label=bool(option("label")),
        plain=bool(option("plain")),
        gaps=not (option("nogaps") or option("plain") or option("compress")),
        numbers=not option("nonumbers") and not option("plain"),
        titles=titles,
        model_titles=not option("nomtitles"),
        keep=tuple(option("keep") or ()),
        drop=tuple(option("drop") or ()),
        order=tuple(option("order") or ()),
        rename=_pairs(option("rename"), "rename"),
        labels=_pairs(option("coeflabels"), "coeflabels") | _pairs(option("varlabels"), "varlabels"),
        groups=_groups(option("mgroups")),
        indicate=_indicate(option("indicate")),
        equation_lines=not option("noeqlines"),
        no_omitted=bool(option("noomitted")),
        no_base=bool(option("nobaselevels")),
        exponentiate=bool(option("eform")),
        notes=tuple(option("addnotes") or ()),
        standard_notes=not option("nonotes") and not option("plain"),
        title=str(option("title", "")),
        level=float(option("level", level)),
        names_as_titles=bool(option("nodepvars")) or given is True,
    )


def _elements(option: Option) -> tuple[Element, ...]:
    plain = bool(option("plain"))
    if option("cells"):
        return _cells(str(option("cells")), plain)
    first = Element("b", _format(option, "b", ADAPTIVE), stars=not plain)
    if option("not"):
        return (first,)
    name = next((asked for asked in ("ci", "p", "se") if option(asked)), "t")
    fmt = _format(option, name, _DEFAULT_FORMATS[name])
    return first, Element(name, fmt, brackets="" if plain else _BRACKETS[name])


def _format(option: Option, name: str, standard: str) -> str:
    """Return the format in the parentheses of an option that may stand without them."""
    given = option(name)
    return standard if given in (None, True) else check_number_format(str(given), name)


def _cells(text: str, plain: bool) -> tuple[Element, ...]:
    """Return the figures that `b(star fmt(3)) se(par fmt(2))` asks for."""
    specs = tuple(OptionSpec(name, name, "text", optional_value=True) for name in _DEFAULT_FORMATS)
    inner = Syntax(
        options=(
            OptionSpec("star", "star"),
            OptionSpec("par", "par", "text", optional_value=True),
            OptionSpec("fmt", "fmt", "text"),
            OptionSpec("nostar", "nostar"),
        )
    )
    asked = _parsed(Syntax(options=specs), ", " + text.replace('"', " ").replace("&", " "))
    found = []
    for name, typed in asked.options.items():
        own = _parsed(inner, f", {typed.value or ''}")
        fmt = str(own.option("fmt")) if own.option("fmt") else _DEFAULT_FORMATS[name]
        par = bool(own.option("par")) and not plain
        brackets = ("[]" if name == "ci" else "()") if par else ""
        found.append(Element(name, check_number_format(fmt, "fmt"), bool(own.option("star")), brackets))
    if not found:
        raise StataError(198, "option cells() incorrectly specified")
    return tuple(found)


def _parsed(syntax: Syntax, text: str) -> Command:
    found = parse_command("esttab", syntax, text, 0)
    assert isinstance(found, Command)
    return found


def _star_levels(typed: str | bool | None) -> tuple[Star, ...]:
    """Return the stars of `* 0.10 ** 0.05`, from the weakest on."""
    if not isinstance(typed, str):
        return _STARS
    words = parse_words(typed)
    if len(words) % 2:
        raise StataError(198, "option star() incorrectly specified")
    found = []
    for symbol, text in zip(words[::2], words[1::2], strict=True):
        try:
            level = float(text)
        except ValueError:
            level = -1.0
        if not 0 < level <= 1:
            raise StataError(198, "option star() incorrectly specified")
        found.append(Star(symbol, level, text))
    return tuple(sorted(found, key=lambda star: -star.level))


def _statistics(option: Option) -> tuple[Wanted, ...]:
    if option("stats"):
        return _listed_statistics(str(option("stats")))
    formats = [check_number_format(word, "sfmt") for word in parse_words(str(option("sfmt") or ""))]
    count = () if option("noobs") else (Wanted("N", "Observations" if option("label") else "N", "%16.0f"),)
    found: list[Wanted] = []
    for name, result in _SHORT.items():
        if option(name):
            found.append(Wanted(result, _LABELS[result], _format(option, name, "%16.3f")))
    for word in parse_words(str(option("scalars") or "")):
        name, _, label = word.partition(" ")
        found.append(Wanted(name, label.strip() or _LABELS.get(name, name), ADAPTIVE))
    if formats:
        found = [
            Wanted(wanted.name, wanted.label, formats[min(place, len(formats) - 1)])
            for place, wanted in enumerate(found)
        ]
    return (*found, *count) if option("obslast") else (*count, *found)


def _listed_statistics(text: str) -> tuple[Wanted, ...]:
    """Return what `N r2, fmt(0 3) labels("Obs" "R2")` asks for."""
    syntax = Syntax(
        "words",
        options=(
            OptionSpec("fmt", "f", "text"),
            OptionSpec("labels", "l", "words"),
            OptionSpec("star", "s", built=False),
            OptionSpec("layout", "lay", "text", built=False),
        ),
    )
    asked = _parsed(syntax, text)
    formats = [check_number_format(word, "fmt") for word in parse_words(str(asked.option("fmt") or ""))]
    labels = tuple(asked.option("labels") or ())
    found = []
    for place, name in enumerate(asked.argument):
        standard = "%16.0f" if name.startswith("N") else ADAPTIVE
        fmt = formats[min(place, len(formats) - 1)] if formats else standard
        found.append(Wanted(name, labels[place] if place < len(labels) else name, fmt))
    return tuple(found)


def _pairs(words: tuple[str, ...] | None, name: str) -> dict[str, str]:
    words = tuple(words or ())
    if len(words) % 2:
        raise StataError(198, f"option {name}() incorrectly specified")
    return dict(zip(words[::2], words[1::2], strict=True))


def _groups(typed: str | None) -> tuple[Group, ...]:
    """Return the headings of `"A" "B", pattern(1 0 1)`: each 1 begins one."""
    if not typed:
        return ()
    syntax = Syntax(
        "words",
        options=(
            OptionSpec("pattern", "pat", "numlist"),
            OptionSpec("span", "span"),
            OptionSpec("prefix", "pre", "text"),
            OptionSpec("suffix", "suf", "text"),
            OptionSpec("erepeat", "er", "text"),
        ),
    )
    asked = _parsed(syntax, typed)
    pattern = [value != 0 for value in asked.option("pattern") or (1.0,) * len(asked.argument)]
    starts = [place for place, begins in enumerate(pattern) if begins]
    ends = [start - 1 for start in starts[1:]] + [len(pattern) - 1]
    return tuple(
        Group(text, start, end) for text, start, end in zip(asked.argument, starts, ends, strict=False)
    )


def _indicate(typed: str | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what `"Year = *.year" "Region = reg*"` asks for."""
    if not typed:
        return ()
    words = parse_words(typed) if typed.lstrip().startswith('"') else (typed,)
    found = []
    for word in words:
        label, equals, names = word.partition("=")
        if not equals or not names.split():
            raise StataError(198, "option indicate() incorrectly specified")
        found.append((label.strip(), tuple(names.split())))
    return tuple(found)
