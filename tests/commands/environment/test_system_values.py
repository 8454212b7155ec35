"""c(): what it says of the session, the data and the machine, and that settings come through it."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import pytest

from xmixed.errors import StataError
from xmixed.expressions.system_values import names
from xmixed.interpreter.session import Session


def values(session: Session, *names: str) -> list[str]:
    """Return values of c() as macros hold them."""
    return [session.run(f'display "`{name}\'"').removesuffix("\n") for name in names]


def test_the_data(pigs: Session, folder: Path) -> None:
    assert values(pigs, "c(N)", "c(k)", "c(sortedby)", "c(filename)") == ["6", "5", "id week", ""]
    assert values(pigs, "c(width)") == [str(1 + 2 + 4 + 4 + 1)]  # byte, int, float, str4, byte
    assert values(pigs, "c(changed)") == ["0"]
    pigs.run("replace weight = 1 in 1")
    assert values(pigs, "c(changed)") == ["1"]
    pigs.run("save pigs")
    assert values(pigs, "c(changed)", "c(filename)") == ["0", "pigs.dta"]
    pigs.run("clear\nuse pigs")
    saved = datetime.strptime(values(pigs, "c(filedate)")[0], "%d %b %Y %H:%M")
    assert abs((datetime.now() - saved).total_seconds()) < 180


def test_settings_come_through(session: Session) -> None:
    assert values(session, "c(level)", "c(linesize)", "c(type)", "c(more)") == ["95", "79", "float", "off"]
    assert values(session, "c(version)", "c(stata_version)") == ["12", "12.1"]
    session.run("set level 90\nset linesize 100\nset type double\nset more on\nset seed 17")
    session.run("set cformat %8.3f\nset pformat %4.2f\nset sformat %6.1f\nset showbaselevels all")
    assert values(session, "c(level)", "c(linesize)", "c(type)", "c(more)") == ["90", "100", "double", "on"]
    assert values(session, "c(seed)", "c(showbaselevels)") == ["17", "all"]
    assert values(session, "c(cformat)", "c(pformat)", "c(sformat)") == ["%8.3f", "%4.2f", "%6.1f"]
    switches = ("c(lstretch)", "c(showomitted)", "c(showemptycells)")
    assert values(session, *switches) == ["on", "on", "on"]
    session.run("set lstretch off\nset showomitted off\nset showemptycells off")
    assert values(session, *switches) == ["off", "off", "off"]


def test_the_session_and_the_machine(session: Session, folder: Path) -> None:
    session.run("capture foo")
    assert values(session, "c(rc)", "c(pwd)") == ["199", os.getcwd()]
    now = datetime.now()
    day, clock = values(session, "c(current_date)", "c(current_time)")
    shown = datetime.strptime(f"{day} {clock}", "%d %b %Y %H:%M:%S")
    assert abs((shown - now).total_seconds()) < 60
    order = "lohi" if sys.byteorder == "little" else "hilo"
    assert values(session, "c(byteorder)", "c(dirsep)", "c(varabbrev)") == [order, "/", "on"]
    assert values(session, "c(mode)") == [""]
    assert values(session, "c(os)")[0] in {"Unix", "MacOSX", "Windows"}
    assert values(session, "c(SE)", "c(MP)", "c(processors)") == ["1", "0", "1"]


def test_limits_of_the_edition(session: Session) -> None:
    """Those that the manuals of Stata/SE 12 print."""
    names = ("c(namelen)", "c(maxstrvarlen)", "c(matsize)", "c(max_matsize)", "c(max_width_theory)")
    assert values(session, *names) == ["32", "244", "400", "11000", "393192"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("c(alpha)", "a b c d e f g h i j k l m n o p q r s t u v w x y z"),
        ("c(ALPHA)", "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z"),
        ("c(Mons)", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
        ("c(Wdays)", "Sun Mon Tue Wed Thu Fri Sat"),
        ("c(Weekdays)", "Sunday Monday Tuesday Wednesday Thursday Friday Saturday"),
    ],
)
def test_lists_of_words(session: Session, name: str, words: str) -> None:
    assert values(session, name) == [words]


def test_months(session: Session) -> None:
    months = [datetime(2000, month, 1).strftime("%B") for month in range(1, 13)]
    session.run("set linesize 120")
    assert values(session, "c(Months)") == [" ".join(months)]


def test_what_does_not_exist_is_empty(session: Session) -> None:
    assert values(session, "c(nosuch)") == [""]


def test_where_things_are(session: Session) -> None:
    folders = ("stata", "updates", "base", "site", "plus", "personal", "oldplace")
    for name in folders:
        assert session.run(f"display c(sysdir_{name})").strip().endswith("/")
    known = (
        "c(sysdir_stata) c(sysdir_updates) c(sysdir_base) c(sysdir_site) c(sysdir_plus) c(sysdir_personal)"
        " c(sysdir_oldplace) c(tmpdir) c(adopath) c(osdtl) c(machine_type) c(hostname) c(username)"
        " c(bit) c(flavor) c(console) c(noisily) c(rmsg_time) c(memory) c(min_matsize) c(max_N_theory)"
        " c(max_k_theory) c(max_macrolen) c(macrolen) c(max_cmdlen) c(cmdlen)"
        " c(tracedepth) c(traceexpand) c(tracehilite) c(traceindent) c(tracenumber) c(tracesep)"
    )
    listed = session.run("creturn list")
    for name in known.split():
        assert name + " = " in listed, name


def test_every_value_is_listed_once(session: Session) -> None:
    listed = session.run("creturn list").splitlines()
    shown = [row.split("=")[0].strip() for row in listed if row.lstrip().startswith("c(")]
    assert sorted(shown) == sorted(f"c({name})" for name in names())


def test_layout_of_creturn_list(session: Session) -> None:
    # The columns are those of printed listings: names end at 22, = at 24, values at 26, notes at 53.
    lines = session.run("set level 90\ncreturn list").splitlines()
    assert lines[:4] == ["", "System values", "", "    " + "-" * 75]
    (level,) = (row for row in lines if "c(level)" in row)
    assert level == "               c(level) = 90                         (set level)"
    (alpha,) = (row for row in lines if "c(alpha)" in row)
    assert alpha == '               c(alpha) = "a b c d e f g h .."'


def test_query(session: Session) -> None:
    lines = session.run("query output").splitlines()
    assert lines[:3] == ["", "Output settings", "    " + "-" * 75]
    assert "        set linesize         79" in lines
    assert "set tracedepth       32000" in session.run("query trace")
    assert session.run("query").count(" settings\n") == 9
    with pytest.raises(StataError, match="invalid syntax"):
        session.run("query nothing")
