"""display, set; which commands exist."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("1+2", "3"),
        ("6.4807407", "6.4807407"),
        ('"x = " 2', "x = 2"),
        ('"a", "b"', "a b"),
        ("%9.2f 3.14159", "     3.14"),
        ('%10s "right" "|"', "     right|"),
        ('%-10s "left" "|"', "left      |"),
        ('"a" _column(5) "b" _col(3) "c"', "a   bc"),
        ('"a" _skip(3) "b"', "a   b"),
        ('_dup(3) "ab" "c"', "abababc"),
        ('"a" _newline "b" _n(2) "c"', "a\nb\n\nc"),
        ('as text "t" as result 1 as err "e"', "t1e"),
        ("%td 0", "01jan1960"),
        ("%9,2f 1234.5", "  1234,50"),
        ("%tdMon_dd,_CCYY 0", " Jan 1, 1960"),
        ('"a" %tdDay,_Mon_dd,_CCYY 0, "b"', "a Fri, Jan 1, 1960 b"),
        ("%9.2f 1, 2", "     1.00 2"),
        (".a", ".a"),
        ("_char(65)", "A"),
        ("", ""),
        ('`"say "hi""\'', 'say "hi"'),
        ('"[bold]%s{0}"', "[bold]%s{0}"),
    ],
)
def test_display(session, text, shown):
    assert session.run(f"display {text}") == shown + "\n"


def test_continued_lines(session):
    assert session.run('display "a" _continue\ndisplay "b" _col(4) "c"') == "ab c\n"
    assert session.run('display "a" _c') == "a\n"
    assert session.run("quietly display 1 _c\ndisplay 2") == "2\n"


def test_long_chains_of_operators(session, fails):
    assert session.run("display 0" + " + 1" * 800) == "800\n"
    assert session.run("display 2000" + " - 1 * 1" * 1000) == "1000\n"
    shown = session.run('display "a"' + ' + "b"' * 800)
    assert shown.replace("\n> ", "") == "a" + "b" * 800 + "\n"  # cut at the line size
    session.run(
        "set obs 2\ngenerate x = 0"
        + " + _n" * 900
        + "\nreplace x = x"
        + " + x[1]" * 300
        + " if 1"
        + " & 1" * 900
    )
    assert session.data["x"].values.tolist() == [900 * 301, 1800 + 300 * 900 * 301]
    assert fails(session, "display 1" + "+1" * 6000) == (130, "expression too long")


def test_display_refusals(session, fails):
    assert fails(session, "display foo") == (111, "foo not found")
    assert fails(session, '%9.2f "x"'.join(["display ", ""])) == (109, "type mismatch")
    assert fails(session, "display %9s 1") == (109, "type mismatch")
    assert fails(session, "display %foo 1") == (120, "invalid %format")
    assert fails(session, 'display _dup(1e9) "x"')[0] == 198
    assert fails(session, "display _request(1)") == (198, "invalid syntax")


def test_display_asks(session):
    asked = iter(["Ann", "", "two words"])
    shown = []
    session.ask = lambda text: shown.append(text) or next(asked)
    assert session.run('display "name? " _request(who)\ndisplay "$who"') == "Ann\n"
    assert shown == ["name? "]
    session.run("display _request(who)\ndisplay _request(_mine)")
    assert session.run('display "$who|`mine\'"') == "|two words\n"
    session.ask = None  # nobody is there: nothing is read
    assert session.run('display "name? " _request(_mine)') == "name? \n"
    assert session.run('display "`mine\'"') == "\n"


def test_errors_come_through_quietly(session):
    assert session.run('quietly display as error "oops"') == "oops\n"
    assert session.run('capture display as error "oops"') == ""


def test_terminal_codes_are_stripped(session):
    assert session.run('display _char(27) "[31mred"') == "[31mred\n"


def test_set_obs(pigs, fails):
    assert pigs.run("set obs 8") == "obs was 6, now 8\n"
    assert pigs.run("display weight[8] name[8]") == ".\n"
    assert pigs.data.changed and pigs.data.n_obs == 8
    assert fails(pigs, "set obs 3")[0] == 198
    assert fails(pigs, "set obs x")[0] == 198


def test_settings(session, fails):
    session.run("set linesize 100\nset level 90\nset more on\nset type double")
    session.run("set cformat %8.3f\nset showbaselevels all")
    settings = session.settings
    assert (settings.linesize, settings.level, settings.more, settings.type) == (100, 90.0, True, "double")
    assert (settings.cformat, settings.showbaselevels) == ("%8.3f", "all")
    session.run("set cformat\nset more off")
    assert (settings.cformat, settings.more) == ("", False)
    assert fails(session, "set level 5") == (198, "level() must be between 10 and 99.99 inclusive")
    wrong = ("linesize 20", "type foo", "cformat %20.3f", "pformat %s", "more maybe", "foo 1", "")
    for text in wrong:
        assert fails(session, f"set {text}")[0] in (120, 198)
    assert fails(session, "set fvlabel on") == (199, "command set fvlabel is not implemented in xmixed")


def test_seed(session):
    session.run("set seed 5")
    first = session.run("display runiform()")
    session.run("set seed 5")
    assert session.run("display runiform()") == first


def test_commands_that_are_missing(session, fails):
    assert fails(session, "arch x") == (199, "command arch is not implemented in xmixed")
    assert fails(session, "heckprob x") == (199, "command heckprob is not implemented in xmixed")
    assert fails(session, "foo") == (199, "unrecognized command:  foo")
