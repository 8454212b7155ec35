"""Tables of models: numbers against the models' own results, files in every format, hostile texts."""

from __future__ import annotations

import html.parser
from pathlib import Path

import numpy as np
import pytest

from xmixed.errors import StataError
from xmixed.estimation.publishing.design import number_text
from xmixed.formats.width import abbreviate_name
from xmixed.interpreter.session import Session

SETUP = """
sysuse sleepstudy, clear
eststo ols: quietly regress reaction days
eststo ri: quietly xtmixed reaction days || subject:, nolog
"""


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    session = Session()
    session.run(SETUP)
    return session


@pytest.mark.parametrize(
    ("value", "shown"),  # FORMAT-estimation 5.3
    [
        (0.00123, "0.00123"),
        (0.419, "0.419"),
        (8.691, "8.691"),
        (18.09, "18.09"),
        (739.5, "739.5"),
        (3304.2, "3304.2"),
        (-61.214, "-61.21"),
        (0.0, "0"),
    ],
)
def test_adaptive_numbers_have_three_significant_digits(value: float, shown: str) -> None:
    assert number_text(value, "a3") == shown


def test_latex_as_measured(session: Session, tmp_path: Path) -> None:
    session.run("esttab ols ri using t.tex, replace keep(days)")
    text = (tmp_path / "t.tex").read_text()
    assert text.startswith(
        "{\n\\def\\sym#1{\\ifmmode^{#1}\\else\\(^{#1}\\)\\fi}\n\\begin{tabular}{l*{2}{c}}\n\\hline\\hline\n"
    )
    assert "            &\\multicolumn{1}{c}{(1)}&\\multicolumn{1}{c}{(2)}\\\\\n" in text
    assert "days        &       10.47\\sym{***}&       10.47\\sym{***}\\\\\n" in text
    assert "            &      (8.45)         &     (13.06)         \\\\\n" in text
    assert "\\(N\\)       &         180         &         180         \\\\\n" in text
    assert "\\multicolumn{3}{l}{\\footnotesize \\textit{t} statistics in parentheses}\\\\\n" in text
    assert "\\sym{*} \\(p<0.05\\), \\sym{**} \\(p<0.01\\), \\sym{***} \\(p<0.001\\)}" in text
    assert text.endswith("\\end{tabular}\n}\n")
    for environment in ("tabular",):
        assert text.count(f"\\begin{{{environment}}}") == text.count(f"\\end{{{environment}}}")


def test_latex_rules_titles_and_fragments(session: Session, tmp_path: Path) -> None:
    session.run('esttab ols using t.tex, booktabs title(A_B) mgroups("Group 1", pattern(1))')
    text = (tmp_path / "t.tex").read_text()
    assert "\\toprule" in text and "\\caption{A\\_B}" in text and "\\end{table}" in text
    assert "&\\multicolumn{1}{c}{Group 1}" in text
    session.run("esttab ols using t.tex, fragment append")
    both = (tmp_path / "t.tex").read_text()
    assert both.startswith(text) and "tabular" not in both[len(text) :]


def test_separated_files(session: Session, tmp_path: Path) -> None:
    session.run("esttab ols ri using t.csv, keep(days) scsv\nesttab ols ri using u.csv, keep(days) plain")
    lines = (tmp_path / "t.csv").read_text().splitlines()
    assert lines[0] == '="";="(1)";="(2)"' and '="days";="10.47***";="10.47***"' in lines
    assert "days,10.47,10.47" in (tmp_path / "u.csv").read_text().splitlines()


def test_hostile_texts_stay_text(session: Session, tmp_path: Path) -> None:
    session.run('label variable days `"<b>&"x" 50% of {a}_1 \\ é"\'')
    for name in ("t.html", "t.rtf", "t.md", "t.tex", "t.csv", "t.txt"):
        session.run(f"esttab ols using {name}, label varwidth(60)")
    page = (tmp_path / "t.html").read_text()
    tags: list[str] = []

    class Reader(html.parser.HTMLParser):
        def handle_starttag(self, tag: str, attrs: object) -> None:
            tags.append(tag)

    Reader().feed(page)
    assert "b" not in tags and "&lt;b&gt;&amp;" in page
    rich = (tmp_path / "t.rtf").read_text()
    assert rich.replace("\\{", "").replace("\\}", "").count("{") == rich.replace("\\{", "").replace(
        "\\}", ""
    ).count("}")
    assert "\\u233?" in rich
    assert "50\\% of {a}\\_1" in (tmp_path / "t.tex").read_text()
    assert '""x""' in (tmp_path / "t.csv").read_text()


def test_saved_results_are_the_coefficients(session: Session) -> None:
    session.run("esttab")
    table = session.r["coefs"]
    assert session.r["names"] == "ols ri" and table.column_names == ["m1", "m2"]  # type: ignore[union-attr]
    np.testing.assert_array_equal(table.values[:2, 0], session.stored["ols"].matrices["b"].values[0])  # type: ignore[union-attr]


def test_eststo_numbers_and_replaces(session: Session) -> None:
    assert session.run("quietly regress reaction days\neststo") == "(est3 stored)\n"
    assert session.run("eststo, prefix(m)") == "(m4 stored)\n"
    session.run("eststo ols")
    assert session.stored["ols"].collected == 1
    session.run("esttab using names.txt, nonumbers mtitles")
    assert Path("names.txt").read_text().split("\n")[1].split() == ["ols", "ri", "est3", "m4"]


def test_a_command_that_fails_stores_nothing(session: Session) -> None:
    with pytest.raises(StataError):
        session.run("eststo bad: regress nosuch")
    assert list(session.stored) == ["ols", "ri"]


def test_a_failed_file_leaves_the_old_one(session: Session, tmp_path: Path) -> None:
    (tmp_path / "t.txt").write_text("old")
    with pytest.raises(StataError, match="already exists"):
        session.run("esttab using t.txt")
    with pytest.raises(StataError):
        session.run("esttab using nosuchfolder/t.txt")
    assert (tmp_path / "t.txt").read_text() == "old"


def test_estadd_reaches_the_stored_copy(session: Session) -> None:
    session.run(
        "estadd scalar extra = 4 : ols\nmatrix M = (1,2)\nestadd matrix M = M\nestadd local note text here"
    )
    assert session.stored["ols"]["extra"] == 4 and session.stored["ri"]["note"] == "text here"
    assert session.e["M"].values.tolist() == [[1, 2]]  # type: ignore[union-attr]
    session.run("estadd scalar extra = 5, replace : ols")
    assert session.stored["ols"]["extra"] == 5


def rows_of(session: Session, command: str) -> list[list[str]]:
    """Return the words of the lines of a table on the console."""
    return [line.split() for line in session.run(command).splitlines()]


def test_statistics_below_the_coefficients(session: Session) -> None:
    rows = rows_of(session, "esttab ols ri, ar2 pr2 aic bic obslast")
    e = session.stored["ri"].scalars
    assert ["adj.", "R-sq", f"{session.stored['ols'].scalars['r2_a']:.3f}"] in rows
    bic = -2 * e["ll"] + 4 * np.log(180)
    assert next(row for row in rows if row[:1] == ["BIC"])[2] == f"{bic:.3f}"
    assert rows[-4][:2] == ["N", "180"]


def test_names_over_the_models(session: Session) -> None:
    session.run("estimates restore ri\neststo ri, title(Random)")
    assert rows_of(session, "esttab ols ri, nodepvars")[3] == ["ols", "Random"]
    assert rows_of(session, "esttab ols ri, depvars numbers notes")[3] == ["reaction", "Random"]
    assert rows_of(session, 'esttab ols ri, mtitles("A")')[3] == ["A"]


def test_labels_by_name(session: Session) -> None:
    rows = rows_of(session, 'esttab ols ri, varlabels(days "Days asleep" _cons Start) varwidth(16)')
    assert any(row[:2] == ["Days", "asleep"] for row in rows) and any(row[:1] == ["Start"] for row in rows)


def test_widths(session: Session) -> None:
    narrow = session.run("esttab ols, modelwidth(8) varwidth(6)").splitlines()
    assert narrow[1] == "-" * (6 + 8 + 4)


def test_confidence_level_and_t_format(session: Session) -> None:
    assert "90% confidence intervals in brackets" in session.run("esttab ols, ci level(90)")
    t = session.stored["ols"].matrices
    value = t["b"].values[0, 0] / np.sqrt(t["V"].values[0, 0])
    assert f"({value:.4f})" in session.run("esttab ols, t(4)")


def test_formats_by_name(session: Session) -> None:
    assert session.run("esttab ols, rtf").lstrip().startswith("{\\rtf1")
    assert '="days"' in session.run("esttab ols, csv")
    assert session.run("esttab ols, fixed") == session.run("esttab ols")


@pytest.mark.parametrize("option", ["nocopy", "missing"])
def test_what_eststo_does_not_have(session: Session, option: str) -> None:
    with pytest.raises(StataError, match="not implemented in xmixed yet"):
        session.run(f"eststo x, {option}")


def test_names_are_abbreviated_as_printed_tables_show() -> None:
    """Seen in published tables: `1.nearinc~81`, `Without_Ro~t`: digits or one letter at the end."""
    assert abbreviate_name("1.nearinc#1.y81", 12) == "1.nearinc~81"
    assert abbreviate_name("Without_Robust", 12) == "Without_Ro~t"


def test_equations_side_by_side(session: Session) -> None:
    lines = session.run("esttab ols ri, unstack").splitlines()
    head = next(place for place, line in enumerate(lines) if "lns1_1_1" in line)
    assert lines[head].split() == ["main", "main", "lns1_1_1", "lnsig_e"]
    assert lines[head - 2].split() == ["(1)", "(2)"]
    constant = next(line for line in lines if line.startswith("_cons"))
    assert constant.split() == ["_cons", "251.4***", "251.4***", "3.584***", "3.431***"]
    assert next(line for line in lines if line.startswith("N ")).split() == ["N", "180", "180"]
    grouped = session.run('esttab ols ri, unstack mgroups("A" "B", pattern(1 1))').splitlines()
    assert any(line.split() == ["A", "B"] for line in grouped)


def test_lines_of_the_users_own(session: Session, tmp_path: Path) -> None:
    session.run(
        'esttab ols ri using t.tex, prehead("\\begin{table}" "\\caption{@title}" '
        '"\\begin{tabular}{l*{@M}{c}}" "@hline") posthead("\\midrule") '
        'prefoot("\\\\" "N rows:") postfoot("@hline" "\\end{tabular} @span") '
        "title(My title) keep(days) noeqlines"
    )
    lines = (tmp_path / "t.tex").read_text().splitlines()
    assert lines[:4] == ["\\begin{table}", "\\caption{My title}", "\\begin{tabular}{l*{2}{c}}", "\\hline"]
    assert lines[6] == "\\midrule" and lines[-3].startswith("\\(N\\)") and lines[-4] == "N rows:"
    assert lines[-2:] == ["\\hline", "\\end{tabular} 3"]
    shown = session.run('esttab ols, keep(days) prefoot("@hline") postfoot("@starlegend" "@note")')
    assert shown.splitlines()[-2] == "* p<0.05, ** p<0.01, *** p<0.001"
    session.run('esttab ols using t.html, prehead("<table>") postfoot("</table>")')
    assert (tmp_path / "t.html").read_text().startswith("<table>\n<tr>")
    session.run('esttab ols using t.csv, prehead("first") postfoot("last")')
    assert (tmp_path / "t.csv").read_text().splitlines()[-1] == "last"
    with pytest.raises(StataError, match="not implemented for this format"):
        session.run('esttab ols using t.rtf, prehead("x")')
    with pytest.raises(StataError, match="not implemented for this format"):
        session.run('esttab ols using t.docx, prehead("x")')


def test_latex_over_pages_and_of_a_width(session: Session, tmp_path: Path) -> None:
    session.run("esttab ols using t.tex, longtable title(T)")
    text = (tmp_path / "t.tex").read_text()
    assert "\\begin{longtable}{l*{1}{c}}\n\\caption{T}\\\\\n" in text and "\\end{longtable}\n}\n" in text
    session.run("esttab ols using t.tex, width(\\hsize) replace")
    assert "\\begin{tabular*}{\\hsize}{@{\\hskip\\tabcolsep" in (tmp_path / "t.tex").read_text()
    for option in ("longtable", "width(5)"):
        with pytest.raises(StataError, match="is for LaTeX"):
            session.run(f"esttab ols, {option}")


def test_standardized_coefficients(session: Session) -> None:
    session.run("estimates restore ols\nestadd beta\nestimates restore ols")
    y, x = session.data["reaction"].to_double(), session.data["days"].to_double()
    shown = session.run("esttab ols, beta(5)")
    assert f"{np.corrcoef(x, y)[0, 1]:.5f}***" in shown and "_cons" not in shown
    assert "Standardized beta coefficients; t statistics in parentheses" in shown
    session.run("generate z = days > 4\nlogit z reaction, nolog\nestadd beta")
    b = session.e.matrices["b"].values[0, 0] * y.std() / (x > 4).std()
    assert session.e.matrices["beta"].values[0, 0] == pytest.approx(b)


def test_interactions_and_headings(session: Session) -> None:
    session.run(
        'label variable days "Days"\ngenerate h = days > 4\neststo i: quietly regress reaction c.days#i.h'
    )
    assert "h=1 X Days" in session.run('esttab i, label interaction(" X ") varwidth(25)')
    assert "h=1 # Days" in session.run("esttab i, label varwidth(25)")
    shown = session.run('esttab ols, cells("b(fmt(2) label(Coef)) se(fmt(3))")')
    assert [line.split() for line in shown.splitlines()][4] == ["Coef", "se"]
    assert "Coef" not in session.run('esttab ols, cells("b(label(Coef)) se") collabels(none)')
    with pytest.raises(StataError, match="coefficient foo not found"):
        session.run("esttab ols, cells(foo)")


def test_what_is_computed_of_the_sample(session: Session) -> None:
    session.run("regress reaction days if days > 2\neststo part\nestadd ysumm\nestadd summ\nestadd vif: part")
    rows = session.data["days"].to_double() > 2
    y, x = session.data["reaction"].to_double()[rows], session.data["days"].to_double()[rows]
    e = session.e
    assert [e[f"y{name}"] for name in ("mean", "sd", "min", "max")] == pytest.approx(
        [y.mean(), y.std(ddof=1), y.min(), y.max()]
    )
    assert [e.matrices[name].values[0, 0] for name in ("mean", "sd", "min", "max")] == pytest.approx(
        [x.mean(), x.std(ddof=1), x.min(), x.max()]
    )
    assert session.stored["part"].matrices["vif"].values[0, 0] == pytest.approx(1)
    with pytest.raises(StataError, match="already defined"):
        session.run("estadd ysumm")
    session.run("estadd ysumm, replace\nestadd ysumm, mean prefix(dep_)")
    assert session.e["dep_mean"] == pytest.approx(y.mean()) and "dep_sd" not in session.e
    for line in ("estadd vif, mean", "estimates restore ri\nestadd vif", "estadd foo"):
        with pytest.raises(StataError):
            session.run(line)
