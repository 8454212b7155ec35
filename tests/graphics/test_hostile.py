"""Whatever is typed ends in a graph or in an error of Stata's; very many points end in a picture."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.graphics.conftest import Drawing
from xmixed.commands.registry import entry_of
from xmixed.errors import StataError
from xmixed.graphics.drawing.figure import save

COMMANDS = {
    "twoway": "twoway scatter distance age || lfit distance age",
    "graph bar": "graph bar distance age, over(female)",
    "histogram": "histogram distance",
    "graph pie": "graph pie, over(age)",
}
VALUES = [
    *("", "()", "(1)", "(0)", "(-5)", "(.)", "(red)", "(1 2 3)", "(a b)", "(, size(small))", "(1, axis(2))"),
    *(
        '("a" "b")',
        '(1 "x" 2 "y")',
        "(none)",
        "(0(1)5)",
        "(#3)",
        "(minmax)",
        "(1e300)",
        "(female)",
        "(nosuch)",
    ),
    *(
        "(off)",
        "(order(1 2 3 9))",
        "(range(5 1) log)",
        "(%9.2f)",
        "(((",
        '("',
        "(*2)",
        "(%50)",
        "(p9)",
        "(\x00)",
    ),
    *("(1/0)", "(bar, format(%9.1f))", "(margin(large))", "(10in)", "(" + "9" * 400 + ")"),
]


def names(command: str) -> list[str]:
    """Return the options of a command and of its plots."""
    syntax = entry_of(command).syntax
    return sorted({option.name for part in (syntax, *syntax.plots) for option in part.options} - {"saving"})


@pytest.mark.parametrize("command", COMMANDS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_options_end_in_a_graph_or_in_an_error(
    session: Drawing, command: str, data: st.DataObject
) -> None:
    chosen = data.draw(
        st.lists(st.tuples(st.sampled_from(names(command)), st.sampled_from(VALUES)), min_size=1, max_size=4)
    )
    text = COMMANDS[command]
    line = f"{text}{'' if ',' in text else ','} {' '.join(name + value for name, value in chosen)}"
    try:
        graph = session.draw(line)
    except StataError as error:
        assert error.code and error.message, line
        return
    save(graph, io.BytesIO(), "png", 20)


@pytest.mark.slow
def test_ten_million_points_end_in_a_picture_in_time_and_memory(tmp_path: Path) -> None:
    """In a process of its own, whose largest memory is asked for at its end."""
    code = (
        "import resource\n"
        "from xmixed.interpreter.session import Session\n"
        "session = Session()\n"
        "session.run('set obs 10000000\\nset seed 1\\ngenerate x = rnormal()\\ngenerate y = x + rnormal()')\n"
        "session.run('scatter y x, msize(tiny)\\ngraph export big.png')\n"
        "usage = resource.getrusage(resource.RUSAGE_SELF)\n"
        "print(usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    seconds, memory = (float(word) for word in done.stdout.split())
    assert seconds < 20 and memory < 2e9
    assert (tmp_path / "big.png").stat().st_size > 10_000


def test_ten_thousand_panels_are_lines_in_one_graph(session: Drawing) -> None:
    session.run("clear\nset obs 100000\ngenerate long id = ceil(_n / 10)\ngenerate t = mod(_n, 10)")
    session.run("set seed 1\ngenerate y = t + rnormal()\nxtset id t")
    start = time.process_time()
    graph = session.draw("xtline y, overlay")
    save(graph, io.BytesIO(), "png", 72)
    assert time.process_time() - start < 3
    assert np.isnan(graph.plots[0].y).sum() == 9999
    with pytest.raises(StataError) as caught:
        session.run("xtline y")
    assert caught.value.code == 198 and "400" in caught.value.message


def test_what_draws_nothing_does_not_import_the_drawing_library(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from xmixed.interpreter.session import Session\n"
        "session = Session()\n"
        "session.run('sysuse orthodont\\nsummarize\\nset scheme s1mono\\nset graphics off\\ngraph dir')\n"
        "session.run('scatter distance age, saving(g)\\ngraph use g\\ngraph describe')\n"
        "sys.exit('matplotlib' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=tmp_path).returncode == 0


def test_the_largest_numbers_end_in_a_picture(session: Drawing) -> None:
    session.run("generate double huge = distance * 1e305\ngenerate double low = -huge")
    for command in ("scatter huge age", "scatter huge low", "line low huge, sort", "histogram age"):
        save(session.draw(command), io.BytesIO(), "png", 20)
    session.run("set graphics terminal\nscatter huge low")
    for command in ("kdensity distance, bwidth(.)", "lpoly distance age, bwidth(.)"):
        with pytest.raises(StataError) as caught:
            session.run(command)
        assert caught.value.code == 198
    assert session.draw("kdensity distance, graph").plots[0].kind == "line"
