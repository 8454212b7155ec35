"""The options that users type to a program, read by its `syntax` description."""

from __future__ import annotations

from xmixed.errors import StataError
from xmixed.expressions.typed.parts import existing_names, new_names, plain_names
from xmixed.formats.plain import number_text
from xmixed.language.options import unquote
from xmixed.language.parser import parse_numlist
from xmixed.language.programs.program_syntax import Description, OptionPart, Settings
from xmixed.language.skeleton import TypedOption
from xmixed.missing import MISSING
from xmixed.session.state import SessionState

LEVEL = (10.0, 99.99)


def option_macros(
    session: SessionState, text: str, typed: list[TypedOption], description: Description
) -> dict[str, str]:
    """Return the macros of all options; empty text for those that were not typed and have no default.

    Raises
    ------
    StataError
        r(101), r(198) and what single arguments raise.
    """
    if typed and not description.options and not description.any_option:
        raise StataError(101, "options not allowed")
    macros = {part.name: "" for part in description.options}
    given: set[str] = set()
    others: list[str] = []
    for option in typed:
        part = _meant(option.name, description.options)
        if part is None or (part.name in given and description.any_option):
            if not description.any_option:
                raise StataError(198, f"option {_shape(option)} not allowed")
            others.append(text[option.span.start : option.span.end])
            continue
        if part.name in given:
            raise StataError(198, f"option {_shape(option)} not allowed")
        given.add(part.name)
        macros[part.name] = _value(session, text, option, part)
    for part in description.options:
        if part.name not in given:
            macros[part.name] = _default(session, part)
    if description.any_option:
        macros["options"] = " ".join(others)
    return macros


def _shape(option: TypedOption) -> str:
    return option.name if option.inside is None else f"{option.name}()"


def _meant(name: str, parts: tuple[OptionPart, ...]) -> OptionPart | None:
    """Return the option that a typed name means: exactly, else by abbreviation."""
    candidates = [(f"no{part.name}", f"no{part.minimum}", part) for part in parts if part.kind == "no"]
    candidates += [(part.name, part.minimum, part) for part in parts if part.kind != "no"]
    for full, _, part in candidates:
        if full == name:
            return part
    for full, least, part in candidates:
        if full.startswith(name) and len(name) >= len(least):
            return part
    return None


def _default(session: SessionState, part: OptionPart) -> str:
    if part.kind == "cilevel":
        return number_text(session.settings.level)
    if not part.optional and part.kind not in ("", "no"):
        raise StataError(198, f"option {part.name}() required")
    if not part.optional:
        raise StataError(198, f"option {part.name} required")
    return part.default


def _value(session: SessionState, text: str, option: TypedOption, part: OptionPart) -> str:
    if part.kind in ("", "no"):
        if option.inside is not None:
            raise StataError(198, f"option {_shape(option)} not allowed")
        return part.name if part.kind == "" else f"no{part.name}"
    if option.inside is None:
        raise StataError(198, f"option {part.name}() required")
    inside = text[option.inside.start : option.inside.end]
    if part.kind == "passthru":
        return f"{part.name}({inside})"
    if part.kind == "string":
        return inside.strip() if "asis" in part.settings.words else unquote(inside)
    if part.kind == "anything":
        return inside.strip()
    value = inside.strip()
    if part.kind in ("integer", "real", "cilevel"):
        return _number(value, part)
    if part.kind == "numlist":
        return numlist_text(value, part.settings, f"{part.name}() invalid -- invalid numlist")
    return _names(session, value, part)


def _number(value: str, part: OptionPart) -> str:
    wrong = StataError(198, f"option {part.name}() incorrectly specified")
    if value == "." and part.kind != "cilevel":
        return value
    try:
        number = float(value)
    except ValueError:
        raise wrong from None
    if part.kind == "integer" and number != int(number):
        raise wrong
    if part.kind == "cilevel" and not LEVEL[0] <= number <= LEVEL[1]:
        raise StataError(198, f"{part.name}() must be between 10 and 99.99 inclusive")
    return value


def _names(session: SessionState, value: str, part: OptionPart) -> str:
    settings = part.settings
    try:
        if part.kind in ("varlist", "varname"):
            names = existing_names(value, session.data, settings)
        elif part.kind in ("newvarlist", "newvarname"):
            names = new_names(value, session.data, session.settings.type).names
        else:
            names = plain_names(value, settings)
    except StataError as error:
        raise StataError(error.code, f"{part.name}():  {error.message}") from None
    most = 1 if part.kind in ("varname", "newvarname", "name") else settings.count("max", len(names))
    if len(names) > most:
        raise StataError(103, f"{part.name}():  too many variables specified")
    if len(names) < settings.count("min", 1):
        raise StataError(102 if names else 100, f"{part.name}():  too few variables specified")
    return " ".join(names)


def numlist_text(text: str, settings: Settings, prefix: str) -> str:
    """Return a numlist with its ranges written out, checked by `min`, `max`, `range` and the like.

    Raises
    ------
    StataError
        r(121) to r(127).
    """
    try:
        values = list(parse_numlist(text)) if text else []
    except StataError as error:
        raise StataError(121, prefix) from error
    words = settings.words
    if any(value >= MISSING for value in values) and not {"missingok", "missingokay"} & set(words):
        raise StataError(127, f"{prefix} has missing values")
    if "integer" in words and any(value != int(value) for value in values if value < MISSING):
        raise StataError(126, f"{prefix} has noninteger elements")
    if len(values) < settings.count("min", 1):
        raise StataError(122, f"{prefix} has too few elements")
    if len(values) > settings.count("max", len(values)):
        raise StataError(123, f"{prefix} has too many elements")
    if "sort" in words:
        values.sort()
    pairs = list(zip(values, values[1:], strict=False))
    if "ascending" in words and any(a >= b for a, b in pairs):
        raise StataError(124, f"{prefix} has elements out of order")
    if "descending" in words and any(a <= b for a, b in pairs):
        raise StataError(124, f"{prefix} has elements out of order")
    if not all(_within(value, settings.value("range")) for value in values):
        raise StataError(125, f"{prefix} has elements outside of allowed range")
    return " ".join(number_text(value) for value in values)


def _within(value: float, bounds: str) -> bool:
    """Return whether a value lies within `>=0 <10`."""
    for word in bounds.replace("> ", ">").replace("< ", "<").replace("= ", "=").split():
        for mark in (">=", "<=", ">", "<"):
            if word.startswith(mark):
                limit = float(word[len(mark) :])
                above, below, equal = value > limit, value < limit, value == limit
                if not ((equal and "=" in mark) or (above if mark[0] == ">" else below)):
                    return False
                break
    return True
