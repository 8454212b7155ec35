"""How numbers are written where: the decimal point and what parts thousands."""

from __future__ import annotations

BLANKS = " \u00a0\u202f"
"""Blank, no-break blank and the narrow one: whichever stands between thousands."""

_COMMA_POINT = "da de el es hr id is it mk nl pt ro sl sq sr tr vi az ca eu gl bs".split()
_COMMA_BLANK = "be bg cs et fi fr hu hy kk lt lv nb nn no pl ru sk sv uk".split()
_POINT_COMMA = "af en fil he hi ja ko ms sw th zh zu ar fa bn ta te mr gu ur cy ga am km lo my ne si".split()
_REGIONS = {
    "de_CH": (".", "'\u2019"),
    "it_CH": (".", "'\u2019"),
    "de_AT": (",", BLANKS + "."),
    "de_LI": (".", "'\u2019"),
    "es_MX": (".", ","),
    "en_ZA": (",", BLANKS),
    "pt_PT": (",", BLANKS),
}


def separators_of_locale(name: str) -> tuple[str, str] | None:
    """Return the decimal point and the characters that part thousands; None for a locale that is not known.

    Examples
    --------
    >>> separators_of_locale("de_DE.UTF-8")
    (',', '.')
    """
    language, _, rest = name.replace("-", "_").partition("_")
    language, region = language.lower(), rest.partition(".")[0].partition("@")[0].upper()
    if f"{language}_{region}" in _REGIONS:
        return _REGIONS[f"{language}_{region}"]
    for languages, found in (
        (_COMMA_POINT, (",", ".")),
        (_COMMA_BLANK, (",", BLANKS)),
        (_POINT_COMMA, (".", ",")),
    ):
        if language in languages:
            return found
    return None
