"""Option tables for the tests of the parser; the real ones belong to the commands."""

from __future__ import annotations

from xmixed.language.nodes import Command
from xmixed.language.nodes.estimators import MixedCommand
from xmixed.language.parser import parse_command
from xmixed.language.syntax import OptionSpec, Syntax
from xmixed.language.words import split_command_word

STRUCTURES = (
    ("independent", "ind"),
    ("exchangeable", "ex"),
    ("identity", "id"),
    ("unstructured", "un"),
)
SCALES = (("size", "size"), ("effective", "effective"), ("gk", "gk"))

MIXED = Syntax(
    "mixed",
    condition=True,
    in_range=True,
    weights=("fweight", "pweight"),
    options=(
        OptionSpec("mle", "ml"),
        OptionSpec("reml", "reml"),
        OptionSpec("pwscale", "pwscale", "choice", choices=SCALES),
        OptionSpec("residuals", "res", "residuals"),
        OptionSpec("vce", "vce", "vce"),
        OptionSpec("level", "l", "number"),
        OptionSpec("variance", "var"),
        OptionSpec("nogroup", "nogr"),
        OptionSpec("nofetable", "nofet"),
        OptionSpec("emiterate", "emiter", "integer"),
        OptionSpec("cformat", "cformat", "format"),
        OptionSpec("log", "log", "negatable"),
        OptionSpec("trace", "tr", built=False),
    ),
    fixed_options=(OptionSpec("noconstant", "noc"),),
    random_options=(
        OptionSpec("covariance", "cov", "choice", choices=STRUCTURES),
        OptionSpec("noconstant", "noc"),
        OptionSpec("collinear", "col"),
        OptionSpec("fweight", "fw", "expression"),
        OptionSpec("pweight", "pw", "expression"),
    ),
)

SYNTAXES: dict[str, Syntax] = {
    "xtmixed": MIXED,
    "summarize": Syntax(
        "varlist",
        condition=True,
        in_range=True,
        using=True,
        weights=("fweight",),
        options=(
            OptionSpec("detail", "d"),
            OptionSpec("format", "f"),
            OptionSpec("separator", "sep", "integer"),
            OptionSpec("percentiles", "p", "numlist"),
            OptionSpec("by", "by", "varlist"),
            OptionSpec("id", "id", "varname"),
            OptionSpec("name", "name", "name"),
            OptionSpec("title", "t", "text"),
            OptionSpec("words", "words", "words"),
            OptionSpec("trace", "trace", "integer", optional_value=True),
        ),
    ),
    "regress": Syntax("varlist_factor", condition=True, in_range=True, weights=("aweight", "pweight")),
    "tabulate": Syntax("varname", condition=True),
    "generate": Syntax("newvar", condition=True, in_range=True),
    "gen": Syntax("newvar", condition=True, in_range=True),
    "replace": Syntax("assignment", condition=True, in_range=True),
    "keep": Syntax("varlist", condition=True, in_range=True),
    "use": Syntax("filename", True, True, True, options=(OptionSpec("clear", "clear"),)),
    "estimates": Syntax("words", options=(OptionSpec("title", "t", "text"),)),
    "lrtest": Syntax("words"),
    "label": Syntax("text", options=(OptionSpec("replace", "replace"),)),
    "display": Syntax("display"),
    "clear": Syntax("none"),
    "describe": Syntax("varlist", options=(OptionSpec("short", "s"),)),
    "range": Syntax("numlist"),
    "assert": Syntax("expression", condition=True),
    "local": Syntax("raw"),
}


def parse_line(text: str) -> Command | MixedCommand:
    """Parse a command line by the table above."""
    word, position = split_command_word(text)
    return parse_command(word, SYNTAXES[word], text, position)


def parse_mixed_line(text: str) -> MixedCommand:
    node = parse_line(text)
    assert isinstance(node, MixedCommand)
    return node


def parse_standard_line(text: str) -> Command:
    node = parse_line(text)
    assert isinstance(node, Command)
    return node
