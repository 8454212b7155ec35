"""What a table of estimates shows and how: the Reporting options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from xmixed.errors import StataError
from xmixed.formats import is_string_format, is_valid_format, width_of
from xmixed.render.layouts.estimation.coefficient_table import (
    TableStyle,
)
from xmixed.session.settings import Settings


@dataclass(frozen=True, slots=True)
class DisplayOptions:
    """What to show and how; see the manual's Reporting options."""

    style: TableStyle
    variance: bool = False
    header: bool = True
    group: bool = True
    fixed_table: bool = True
    random_table: bool = True
    estmetric: bool = False
    comparison: bool = True
    omitted: bool = True
    emptycells: bool = True
    baselevels: bool = False
    allbaselevels: bool = False


def display_options(
    option: Callable[..., object], settings: Settings, variance_by_default: bool
) -> DisplayOptions:
    """Return display options from a command's options and the session's settings.

    Parameters
    ----------
    option : callable(name, default)
        `MixedCommand.option` or `Command.option`.

    Raises
    ------
    StataError
        r(120) or r(198) for a format out of range.
    """
    level = option("level", settings.level)
    assert isinstance(level, (int, float))
    stretch = bool(option("lstretch", settings.lstretch)) and not option("no1stretch")
    style = TableStyle(
        level=float(level),
        cformat=_checked_format(str(option("cformat", settings.cformat)), "cformat", 9),
        pformat=_checked_format(str(option("pformat", settings.pformat)), "pformat", 5),
        sformat=_checked_format(str(option("sformat", settings.sformat)), "sformat", 8),
        linesize=settings.linesize,
        lstretch=stretch,
        vsquish=bool(option("vsquish")),
        legend=bool(option("coeflegend")),
    )
    return DisplayOptions(
        style,
        variance=not option("stddeviations") if variance_by_default else bool(option("variance")),
        header=not option("noheader"),
        group=not option("nogroup"),
        fixed_table=not option("nofetable"),
        random_table=not (option("norettable") or option("noretable")),
        estmetric=bool(option("estmetric")),
        comparison=not option("nolrtest"),
        omitted=bool(option("omitted", settings.showomitted)),
        emptycells=bool(option("emptycells", settings.showemptycells)),
        baselevels=bool(option("baselevels", settings.showbaselevels == "on")),
        allbaselevels=bool(option("allbaselevels", settings.showbaselevels == "all")),
    )


def _checked_format(fmt: str, name: str, width: int) -> str:
    if not fmt:
        return ""
    if not is_valid_format(fmt) or is_string_format(fmt):
        raise StataError(120, f"invalid %format in option {name}()")
    if width_of(fmt) > width:
        raise StataError(198, f"format in option {name}() may be at most {width} wide")
    return fmt
