"""The options of `esttab`, and what they mean. Registers nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xmixed.commands.publishing.cells import DEFAULT_FORMATS, Option, labels_or_none, laid_out, parsed
from xmixed.errors import StataError
from xmixed.estimation.publishing.design import (
    ADAPTIVE,
    Design,
    Element,
    Star,
    Transform,
    Wanted,
    check_number_format,
)
from xmixed.language.nodes import Command
from xmixed.language.parser import parse_words
from xmixed.language.syntax import LEVEL, OptionSpec, Syntax
from xmixed.render.published.table import Group

Evaluate = Callable[[str], float]

FORMATS = ("fixed", "tab", "csv", "scsv", "tex", "html", "md", "rtf")


def _optional(name: str, minimum: str, help_: str) -> OptionSpec:
    return OptionSpec(name, minimum, "text", help_, optional_value=True)


SURROUND = (
    ("prehead", "preh", "lines before the names over the models, in place of title and rule"),
    ("posthead", "posth", "lines below these names, in place of a rule"),
    ("prefoot", "pref", "lines before the statistics, in place of a rule"),
    ("postfoot", "postf", "lines at the end, in place of rule and notes"),
)
"""Options with lines of the user's own."""

_SHARED = (
    OptionSpec("transform", "trans", "text", "names: f(@) and its derivative, for coefficients and errors"),
    OptionSpec("eqlabels", "eql", "text", "labels of equations, or none"),
    OptionSpec("refcat", "refcat", "text", "a row before a coefficient: name and label, with label()"),
    OptionSpec("alignment", "ali", "text", "alignment of columns in LaTeX"),
    OptionSpec("substitute", "sub", "words", "pairs of texts, the second in place of the first"),
    OptionSpec("noabbrev", "noabb", help="labels in full"),
    OptionSpec("style", "sty", "text", "the format of the table, as the options fixed, tab, tex, ..."),
)
"""Options of esttab and estout that mean the same."""

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
    OptionSpec("coeflabels", "coef", "text", "pairs of names and labels"),
    OptionSpec("varlabels", "varl", "text", "pairs of names and labels"),
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
    OptionSpec("main", "main", "text", "the figure in the first line, with a format: b 3"),
    OptionSpec("aux", "aux", "text", "the figure in parentheses, with a format: se 3"),
    OptionSpec("noconstant", "nocons", help="no constants"),
    OptionSpec("parentheses", "par", "negatable", "parentheses around the second figure; the default"),
    OptionSpec("brackets", "br", help="brackets in place of parentheses"),
    *_SHARED,
    OptionSpec("unstack", "uns", help="equations side by side"),
    OptionSpec("width", "width", "text", "LaTeX: how wide the table is"),
    OptionSpec("longtable", "longtable", help="LaTeX: a table that goes over pages"),
    *(OptionSpec(name, minimum, "words", help_) for name, minimum, help_ in SURROUND),
    OptionSpec("margin", "mar", help="marginal effects of models that mfx came after"),
    OptionSpec("discrete", "disc", "text", "what marks changes from 0 to 1; (d) when not given"),
    OptionSpec("nodiscrete", "nodisc", help="no mark of changes from 0 to 1"),
    OptionSpec("onecell", "onecell", help="all figures of a coefficient in one cell"),
    _optional("beta", "beta", "standardized coefficients, of regress or estadd beta"),
    OptionSpec("interaction", "int", "text", "what stands between the labels of an interaction"),
    OptionSpec("collabels", "coll", "text", "names over the figures, or none"),
    OptionSpec("legend", "leg", "negatable", "what the stars mean below the table; the default"),
)

_OWN = ("b", "se", "t", "p", "ci", "not", "wide", "plain", "nostar", "star", "compress", "nogaps", "beta")
_OF_ESTTAB = {
    *_OWN,
    *("r2", "ar2", "pr2", "aic", "bic", "scalars", "sfmt", "noobs", "obslast", "nomtitles", "mtitles"),
    *("depvars", "nodepvars", "nonumbers", "coeflabels", "nonotes", "notes", "main", "aux"),
    *("parentheses", "brackets", "noeqlines", "addnotes", "noconstant", "booktabs", "fragment"),
    *("longtable", "width", "legend"),
}
ESTOUT_OPTIONS: tuple[OptionSpec, ...] = (
    *(spec for spec in OPTIONS if spec.name not in _OF_ESTTAB),
    OptionSpec("mlabels", "ml", "text", "names over the models, or none"),
    OptionSpec("starlevels", "starl", "text", "symbols and levels of significance"),
    OptionSpec("legend", "leg", "negatable", "the symbols below the table"),
    OptionSpec("note", "note", "words", "notes below the table"),
)

_LABELS = {"N": "N", "r2": "R-sq", "r2_a": "adj. R-sq", "r2_p": "pseudo R-sq", "aic": "AIC", "bic": "BIC"}
_SHORT = {"r2": "r2", "ar2": "r2_a", "pr2": "r2_p", "aic": "aic", "bic": "bic"}
_PARENTHESES, _SQUARE = ("(", ")"), ("[", "]")
_STARS = (Star("*", 0.05, "0.05"), Star("**", 0.01, "0.01"), Star("***", 0.001, "0.001"))


def shape_of(option: Option) -> tuple[int, int]:
    """Return the widths of names and of the numbers of a model."""
    narrow = 9 if option("compress") else 12
    return int(option("varwidth", 20 if option("label") else 12)), int(option("modelwidth", narrow))


def design_of(option: Option, cells: str, level: float, evaluate: Evaluate) -> Design:
    """Return what the options of esttab ask for.

    Parameters
    ----------
    cells : str
        What stands in cells(), with its quotes.
    evaluate : callable
        Gives the value of an expression without names.

    Raises
    ------
    StataError
        r(198), r(120).
    """
    given = option("mtitles")
    titles = given if isinstance(given, tuple) else None
    elements, heads = _elements(option), ()
    across = len(elements) if option("wide") else 1
    if cells:
        elements, across, heads = laid_out(cells, option, bool(option("plain")))
    return Design(
        elements=elements,
        stars=() if option("nostar") or option("plain") else _star_levels(option("star")),
        statistics=_statistics(option),
        across=across,
        one_cell=bool(option("onecell")),
        heads_of_columns=heads,
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
        labels=_named(option, "coeflabels") | _named(option, "varlabels"),
        groups=_groups(option("mgroups")),
        indicate=_indicate(option("indicate")),
        equation_lines=not option("noeqlines"),
        no_omitted=bool(option("noomitted")),
        no_base=bool(option("nobaselevels")),
        exponentiate=bool(option("eform")),
        notes=tuple(option("addnotes") or ()),
        standard_notes=not option("nonotes") and not option("plain"),
        star_notes=option("legend"),
        title=str(option("title", "")),
        level=float(option("level", level)),
        names_as_titles=bool(option("nodepvars")) or given is True,
        no_constant=bool(option("noconstant")) or "beta" in {element.name for element in elements},
        tabular="longtable" if option("longtable") else "tabular",
        width=str(option("width", "")),
        **_shared(option, evaluate),
    )


def estout_design(option: Option, cells: str, level: float, evaluate: Evaluate) -> Design:
    """Return what the options of estout ask for; `cells` is the text of cells() with its quotes.

    Raises
    ------
    StataError
        r(198), r(120).
    """
    elements, across, heads = laid_out(cells or "b(fmt(%9.0g))", option, False)
    models = labels_or_none(option("mlabels"), "mlabels")
    outcomes = models is None and bool(_of_models(option("mlabels")).option("depvars"))
    stars = _star_levels(option("starlevels"))
    legend = bool(option("legend")) and any(element.stars for element in elements)
    notes = (", ".join(f"{star.symbol} p<{star.text}" for star in stars),) if legend else ()
    return Design(
        elements=elements,
        stars=stars,
        statistics=_listed_statistics(str(option("stats"))) if option("stats") else (),
        across=across,
        one_cell=bool(option("onecell")),
        label=bool(option("label")),
        gaps=False,
        numbers=bool(option("numbers")),
        titles=models or None,
        model_titles=models != (),
        keep=tuple(option("keep") or ()),
        drop=tuple(option("drop") or ()),
        order=tuple(option("order") or ()),
        rename=_pairs(option("rename"), "rename"),
        labels=_named(option, "varlabels"),
        groups=_groups(option("mgroups")),
        indicate=_indicate(option("indicate")),
        no_omitted=bool(option("noomitted")),
        no_base=bool(option("nobaselevels")),
        exponentiate=bool(option("eform")),
        notes=(*notes, *(option("note") or ())),
        standard_notes=False,
        title=str(option("title", "")),
        level=float(option("level", level)),
        names_as_titles=not outcomes,
        outcomes_as_titles=outcomes,
        heads_of_columns=heads,
        **_shared(option, evaluate),
    )


def _of_models(typed: str | None) -> Command:
    """Return mlabels() read: texts, or titles of the models, the default, or their outcomes."""
    kinds = (OptionSpec("none", "none"), OptionSpec("titles", "ti"), OptionSpec("depvars", "dep"))
    return parsed(Syntax("words", options=kinds), typed or "")


def _shared(option: Option, evaluate: Evaluate) -> dict[str, Any]:
    references, text = _references(option("refcat"))
    labels = labels_or_none(option("eqlabels"), "eqlabels")
    mark = "" if option("nodiscrete") else str(option("discrete", "(d)"))
    return {
        "margin": bool(option("margin")),
        "change_mark": mark.strip('"'),
        "transforms": _transforms(option("transform"), evaluate),
        "equation_labels": ("",) * 99 if labels == () else labels or (),
        "references": references,
        "reference_text": text,
        "unstack": bool(option("unstack")),
        "interaction": str(option("interaction", " # ")),
        "surround": {name: tuple(option(name)) for name, *_ in SURROUND if option(name) is not None},
    }


def _references(typed: str | None) -> tuple[dict[str, str], str]:
    """Return labels of rows by the coefficient before which they stand, and the text in their cells."""
    if not typed:
        return {}, ""
    syntax = Syntax("words", options=(OptionSpec("label", "l", "negatable"),))
    head, comma, rest = typed.partition(", label(")
    asked = parsed(syntax, head)
    text = rest.rpartition(")")[0].strip('"') if comma else "ref."
    return _pairs(asked.argument, "refcat"), "" if asked.option("label", True) is False else text


def _transforms(typed: str | None, evaluate: Evaluate) -> tuple[Transform, ...]:
    """Return what `ln*: exp(@) exp(@) at*: tanh(@) 1-tanh(@)^2` asks for."""
    if not typed:
        return ()
    found: list[Transform] = []
    names: list[str] = []
    functions: list[Callable[[float], float]] = []
    for word in parse_words(typed):
        if "@" not in word and not functions and not word.replace(".", "", 1).isdigit():
            names.append(word)
            continue
        functions.append(_function(word, evaluate))
        if len(functions) == 2:
            found.append(Transform(tuple(names), *functions))
            names, functions = [], []
    if names or functions:
        raise StataError(
            198, "option transform() incorrectly specified", hint="names: f(@) and its derivative"
        )
    return tuple(found)


def _function(text: str, evaluate: Evaluate) -> Callable[[float], float]:
    return lambda value: evaluate(text.replace("@", f"({value!r})"))


def _elements(option: Option) -> tuple[Element, ...]:
    plain = bool(option("plain"))
    beta = option("beta")
    usual = ("beta", "%16.3f" if beta is True else _format(option, "beta", ADAPTIVE))
    usual = usual if beta else ("b", _format(option, "b", ADAPTIVE))
    main, fmt = _figure(option("main"), *usual)
    first = Element(main, fmt, stars=not plain)
    if option("not"):
        return (first,)
    name = next((asked for asked in ("ci", "p", "se") if option(asked)), "t")
    name, fmt = _figure(option("aux"), name, _format(option, name, DEFAULT_FORMATS[name]))
    brackets = _SQUARE if option("brackets") or name == "ci" else _PARENTHESES
    bare = plain or option("parentheses", True) is False
    return first, Element(name, fmt, brackets=() if bare else brackets)


def _figure(typed: str | None, name: str, fmt: str) -> tuple[str, str]:
    """Return the figure and format of `main(b 3)`; those given where nothing was typed."""
    if not typed:
        return name, fmt
    found, _, own = typed.strip().partition(" ")
    if found not in DEFAULT_FORMATS:
        raise StataError(198, f"{found} is not a figure; there are {', '.join(DEFAULT_FORMATS)}")
    return found, check_number_format(own, found) if own else DEFAULT_FORMATS[found]


def _format(option: Option, name: str, standard: str) -> str:
    """Return the format in the parentheses of an option that may stand without them."""
    given = option(name)
    return standard if given in (None, True) else check_number_format(str(given), name)


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
    asked = parsed(syntax, text)
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


_LINES_OF_LABELS = ("blist", "elist", "begin", "end", "prefix", "suffix")
"""Options of varlabels() that add text around the rows."""


def _named(option: Option, name: str) -> dict[str, str]:
    """Return labels by name of `x "Age" _cons Constant, nolast`; what adds lines of its own is refused."""
    typed = option(name)
    if not typed:
        return {}
    syntax = Syntax(
        "words",
        options=(
            OptionSpec("none", "none"),
            OptionSpec("nofirst", "nofirst"),
            OptionSpec("nolast", "nolast"),
            *(OptionSpec(each, each, "text", built=False) for each in ("blist", "elist")),
            *(
                OptionSpec(each, each[:3], "text", built=False)
                for each in ("begin", "end", "prefix", "suffix")
            ),
        ),
    )
    return _pairs(parsed(syntax, typed).argument, name)


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
    asked = parsed(syntax, typed)
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
