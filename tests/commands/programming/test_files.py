"""Text files, files of results, and data typed in."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

from xmixed.interpreter.session import Session

Run = Callable[[str], str]
Fail = Callable[[str], tuple[int, str]]


def test_a_text_file_is_written_and_read(run: Run, failure: Fail, session: Session, tmp_path: Path) -> None:
    assert run("file open h using out.txt, write text replace") == "(note: file out.txt not found)\n"
    run('file write h "name" _tab "value" _n')
    run('file write h %-6s ("ab") "|" %6.2f (1/3) _col(20) (2) _skip(2) _char(65) _n(2)')
    assert run("file query").startswith("           h  w   ")
    run("file close h")
    assert (tmp_path / "out.txt").read_text() == "name\tvalue\nab    |  0.33      2  A\n\n"
    run('file open h using out.txt, write append\nfile write h "end"\nfile close h')
    run("file open h using out.txt, read")
    seen = run(
        "file read h line\nwhile r(eof) == 0 {\n display `\"[`line'] `r(status)'\"'\n file read h line\n}\n"
        "file seek h tof\nfile read h line\ndisplay `\"`line'\"'\nfile seek h query\ndisplay r(loc)"
    )
    lines = ["[name value] unix", "[ab    |  0.33      2  A] unix", "[] unix", "[end] none"]
    assert seen.splitlines() == [*lines, "name value", "11"]
    run("file seek h eof\nfile seek h 3\nfile close _all")
    assert session.open_files == {}
    run("file open h using out.txt, read write all\nfile close h")
    assert failure("file open h using nosuch.txt, read") == (601, "file nosuch.txt not found")
    assert failure("file open h using out.txt, write") == (602, "file out.txt already exists")
    assert failure("file open h using /nowhere/x, write") == (603, "file /nowhere/x could not be opened")
    assert failure("file write z _n") == (111, "file handle z not found")
    run("file open h using out.txt, read")
    assert failure("file open h using out.txt, read") == (110, "file handle h already exists")
    assert failure("file seek h 10000") == (651, "may not seek past end of file")
    assert failure("file write h 1")[0] == 603
    assert failure("file flush h") == (198, "invalid syntax")


def test_results_are_posted(run: Run, failure: Fail, session: Session, tmp_path: Path) -> None:
    run("postfile p int id double(b se) str8 lab using res, replace every(10)")
    run("forvalues i = 1/3 {\n post p (`i') (`i'/3) (.) (\"row `i'\")\n}\npostclose p\nuse res, clear")
    assert [(v.name, v.type) for v in session.data] == [
        ("id", "int"),
        ("b", "double"),
        ("se", "double"),
        ("lab", "str8"),
    ]
    assert session.data["b"].values.tolist() == [1 / 3, 2 / 3, 1.0]
    assert session.data["lab"].values.tolist() == ["row 1", "row 2", "row 3"]
    assert failure("postfile p x using res") == (602, "file res.dta already exists")
    run("postfile p x y using other, double")
    assert failure("post p (1)")[0] == 198
    assert failure('post p ("a") (1)') == (109, "type mismatch")
    assert failure("post q (1)") == (111, "post q not found")
    assert failure("postfile p x using z")[0] == 110


def test_data_are_typed_in(run: Run, failure: Fail, session: Session) -> None:
    run('input id str5 name double(x y)\n1 ann 2.5 .a\n2 "bo b" . 3\n* a comment\n3\nend')
    assert session.data.names == ["id", "name", "x", "y"]
    assert session.data["name"].values.tolist() == ["ann", "bo b", ""]
    assert run("list id x y in 1/2, clean noobs").split()[-6:] == ["1", "2.5", ".a", "2", ".", "3"]
    run("input byte z\n7\n8\nend")
    assert session.data["z"].values.tolist()[:2] == [7, 8]
    run("input\n4 dee 1 1 9\nend")
    assert session.data.n_obs == 4 and session.data["name"].values[3] == "dee"
    assert failure("input w\nabc\nend") == (198, "'abc' cannot be read as a number")
    assert failure("input w\n1 2\nend") == (103, "too many values")
    assert failure("input id\n1\nend") == (110, "id already defined")
    assert failure("clear\ninput\n1\nend") == (104, "nothing to input")
    assert session.data.n_obs == 0


def test_directives_of_text(run: Run) -> None:
    for typed, shown in {
        "{hline 5}": "-----",
        "{bf:b}{it:i} {res}r{txt}": "bi r",
        "{c TLC}{c -}{c TRC} {c |} {c -(}{c )-}": "+-+ | {}",
        "a{col 6}b{space 2}c": "a    b  c",
        "{ralign 5:ab}|{lalign 5:ab}|{center 6:ab}|": "   ab|ab   |  ab  |",
        "{dup 3:ab}": "ababab",
        "{help regress:here} {stata list} {hi:x} {opt level(90)}": "here list x level(90)",
        "{foo} { } {hline x}": "{foo} { } {hline x}",
        "{title:A {bf:b}}": "A b",
    }.items():
        assert run(f'display "{typed}"') == f"{shown}\n", typed
    assert run('display _asis "{hline 5}"') == "{hline 5}\n"
    assert run('display "{hline}"') == "-" * 79 + "\n"


def test_long_output_is_cut(run: Run) -> None:
    text = "x" * 100
    assert run(f'display "{text}"') == "x" * 79 + "\n> " + "x" * 21 + "\n"


def test_a_binary_file(run: Run, failure: Fail, session: Session, tmp_path: Path) -> None:
    run("file open h using a.bin, write binary replace")
    run("file set h byteorder lohi")
    run('file write h %4b (65) %2b (-1000) %8z (3.5) %4z (1.5) %1b (-3) %1bu (200) %6s ("hello") %2bs (7)')
    run("file write h %4b (.a) %2b (.) %4z (.z) %8z (.b)")
    run("file set h byteorder hilo\nfile write h %4bu (1) %2b (258)\nfile close h")
    # Python's struct: what the formats say, lohi then hilo.
    expected = struct.pack("<ihdfbB6sh", 65, -1000, 3.5, 1.5, -3, 200, b"hello\0", 7)
    content = (tmp_path / "a.bin").read_bytes()
    assert content[: len(expected)] == expected and content[-6:] == struct.pack(">Ih", 1, 258)
    run("file open h using a.bin, read binary\nfile set h byteorder 2")
    run("file read h %4b a %2b b %8z c %4z d %1b e\nfile read h %1bu f %6s g %2bs i")
    assert run('display a b c d e f "`g\'" i') == "65-10003.51.5-3200hello7\n"
    run("file read h %4b a %2b b %4z c %8z d")
    assert run("display a b c d") == ".a..z.b\n"
    run("file set h byteorder 1\nfile read h %4bu a %2b b")
    assert run("display a b r(eof)") == "12580\n"
    run("file read h %1b a")
    assert run("display a r(eof)") == "11\n"  # nothing was read
    run("file set h byteorder lohi\nfile seek h 4\nfile read h %2b a")
    assert run("display a") == "-1000\n"
    assert failure("file read h %9.2f a")[0] == 120
    assert failure("file read h a")[0] == 198
    assert failure("file set h wordorder 1")[0] == 198
    run("file close h\nfile open h using a.bin, write binary replace")
    assert failure("file write h (1)")[0] == 198
    assert failure('file write h %4b ("a")')[0] == 109
    assert failure("file write h %1b (300)")[0] == 198
    assert failure("file write h %1bu (.)")[0] == 198


def test_a_file_that_is_read_and_written(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\rtwo\r\nthree\nfour")
    run("file open h using a.txt, read write\nfile read h line")
    assert run("display \"`line' `r(status)'\"") == "one mac\n"
    run('file write h "TWO"\nfile read h rest\nfile read h line')
    assert run("display \"[`rest'] `line' `r(status)'\"") == "[] three unix\n"
    run("file read h line\nfile close h")
    assert run("display \"`line' `r(status)' `r(eof)'\"") == "four none 0\n"
    assert (tmp_path / "a.txt").read_bytes() == b"one\rTWO\r\nthree\nfour"
