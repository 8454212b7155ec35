"""c(): what it says of the session, the data and the machine, and that settings come through it."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path

import pytest

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
    assert values(session, "c(version)", "c(stata_version)") == ["12", "12"]
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
