"""Which values of c() stand together in `creturn list`, and what sets them."""

from __future__ import annotations

from typing import NamedTuple


class Section(NamedTuple):
    """A part of `creturn list`.

    Attributes
    ----------
    title : str
    groups : tuple of tuple of str
        Names in order; a rule stands between groups.
    word : str
        What `query` calls a section of settings; "" for what is no setting.
    """

    title: str
    groups: tuple[tuple[str, ...], ...]
    word: str = ""


def _section(title: str, groups: str, word: str = "") -> Section:
    return Section(title, tuple(tuple(group.split()) for group in groups.split("|")), word)


SECTIONS = (
    _section(
        "System values",
        "current_date current_time rmsg_time | stata_version version"
        " | flavor bit SE MP processors mode console | os osdtl hostname machine_type byteorder username",
    ),
    _section(
        "Directories and paths",
        "sysdir_stata sysdir_updates sysdir_base sysdir_site sysdir_plus sysdir_personal sysdir_oldplace"
        " tmpdir | adopath pwd dirsep",
    ),
    _section(
        "System limits",
        "max_N_theory max_k_theory max_width_theory | max_matsize min_matsize | max_macrolen macrolen"
        " max_cmdlen cmdlen namelen",
    ),
    _section(
        "Numerical and string limits",
        "mindouble maxdouble epsdouble smallestdouble | minfloat maxfloat epsfloat smallestfloat"
        " | minlong maxlong | minint maxint | minbyte maxbyte | maxstrvarlen",
    ),
    _section("Current dataset", "N k width changed sortedby filename filedate"),
    _section(
        "Memory settings",
        "memory maxvar matsize niceness min_memory max_memory segmentsize virtual",
        "memory",
    ),
    _section(
        "Output settings",
        "more rmsg dp linesize pagesize logtype noisily output"
        " | showbaselevels showemptycells showomitted lstretch | cformat sformat pformat",
        "output",
    ),
    _section("Interface settings", "varlabelpos scrollbufsize autotabgraphs copycolor", "interface"),
    _section("Graphics settings", "graphics scheme", "graphics"),
    _section("Efficiency settings", "adosize", "efficiency"),
    _section("Network settings", "checksum httpproxy", "network"),
    _section("Update settings", "update_query update_interval update_prompt", "update"),
    _section(
        "Trace (programming debugging) settings",
        "trace tracedepth traceexpand tracesep traceindent tracenumber tracehilite",
        "trace",
    ),
    _section("Other settings", "type level maxiter searchdefault seed shell varabbrev emptycells", "other"),
    _section("Other (system values)", "pi alpha ALPHA Mons Months Wdays Weekdays rc"),
)

SETTERS = {
    "rmsg_time": "seconds, from set rmsg",
    "adopath": "adopath",
    "pwd": "cd",
    "rc": "capture",
    "version": "version",
}
"""What else than `set` changes a value."""


def setter_of(name: str, section: Section) -> str:
    """Return the note behind a value: what sets it; "" where nothing does."""
    if name in SETTERS:
        return SETTERS[name]
    if name.startswith("sysdir_"):
        return "sysdir"
    return f"set {name}" if section.word and name not in ("memory", "noisily") else ""
