"""What people type who come from elsewhere, and what it is here."""

from __future__ import annotations

ELSEWHERE = {
    "print": "display",
    "echo": "display",
    "cat": "type",
    "head": "list in 1/10",
    "tail": "list in -10/l",
    "library": "nothing to load: every command is there",
    "import": "use FILE, or insheet using FILE",
    "lmer": "xtmixed y x || group: x",
    "lm": "regress y x",
    "glm": "logit, poisson, ...",
    "anova_lm": "anova y a b",
    "str": "describe",
    "names": "describe, simple",
    "dim": "describe, short",
    "nrow": "count",
    "subset": "keep if, drop if",
    "filter": "keep if",
    "mutate": "generate",
    "select": "keep VARIABLES",
    "group_by": "bysort VARIABLE: COMMAND",
    "mean_by": "tabstat y, by(x)",
    "read": "use FILE, or insheet using FILE",
    "load": "use FILE",
    "quit": "exit",
    "q": "exit",
    "man": "help COMMAND",
    "rm": "erase FILE",
    "plot": "scatter y x",
    "for": "foreach or forvalues",
    "proc": "xtmixed y x || group: x",
}
"""What other programs call it, and what to type here."""

MISSING = {"NA", "NaN", "nan", "NULL", "null", "None", "none", "missing"}
TRUTH = {"TRUE": "1", "True": "1", "true": "1", "FALSE": "0", "False": "0", "false": "0"}
"""Names of missing and of truth values."""

FUNCTIONS_ELSEWHERE = {
    "strlength": "length()",
    "len": "length()",
    "nchar": "length()",
    "ifelse": "cond()",
    "is_na": "missing()",
    "isna": "missing()",
    "power": "a^b",
    "pow": "a^b",
    "mean": "egen m = mean(x)",
    "rand": "runiform()",
    "rnorm": "rnormal()",
    "tolower": "lower()",
    "toupper": "upper()",
    "paste": "a + b joins strings",
}
"""Functions of other languages."""

LOOKALIKES = {
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u00ab": '"',
    "\u00bb": '"',
    "\u2018": "` or '",
    "\u2019": "'",
    "\u00b4": "'",
    "\u2013": "-",
    "\u2014": "-",
    "\u2212": "-",
    "\u00d7": "*",
    "\u2264": "<=",
    "\u2265": ">=",
    "\u2260": "!=",
    "\u00a0": "a blank",
    "\u2009": "a blank",
    "\u202f": "a blank",
    "\u200b": "",
    "\u200e": "",
    "\u200f": "",
    "\ufeff": "",
    "\uff0c": ",",
    "\uff08": "(",
    "\uff09": ")",
    "\uff1d": "=",
}
"""Characters that look like another one, or like none, and what to type."""
