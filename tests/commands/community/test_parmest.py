"""parmest, parmby: the coefficients as data, against e() and the table of limits."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from xmixed.interpreter.session import Session
from xmixed.missing import is_missing


@pytest.fixture
def scores(session: Session) -> Session:
    random = np.random.default_rng(8)
    frame = pd.DataFrame({"x": random.normal(size=90), "g": np.repeat([1.0, 2.0, 3.0], 30)})
    frame["y"] = 1 + frame["x"] * frame["g"] + random.normal(size=90)
    frame["hit"] = (frame["y"] > 1).astype(float)
    session.use(frame)
    session.run('label variable x "Exposure"')
    return session


def column(session: Session, name: str) -> np.ndarray:
    return session.data[name].to_double()


def test_norestore(scores: Session) -> None:
    scores.run("regress y x g\nparmest, norestore label idnum(3) idstr(first) level(90 99.5)")
    b, V = scores.e["b"].values[0], scores.e["V"].values
    names = "idnum idstr parm label estimate stderr dof t p min90 max90 min99_5 max99_5"
    assert scores.data.names == names.split()
    assert scores.data["parm"].values.tolist() == ["x", "g", "_cons"]
    assert scores.data["label"].values.tolist() == ["Exposure", "", ""]
    se = np.sqrt(np.diag(V))
    assert column(scores, "estimate") == pytest.approx(b) and column(scores, "stderr") == pytest.approx(se)
    assert column(scores, "p") == pytest.approx(2 * stats.t.sf(np.abs(b / se), 87), rel=1e-9)
    assert column(scores, "max99_5") == pytest.approx(b + stats.t.ppf(0.9975, 87) * se, rel=1e-9)
    assert column(scores, "idnum").tolist() == [3.0] * 3 and scores.data["idstr"].values[0] == "first"


def test_eform_rename_and_format(scores: Session) -> None:
    scores.run("quietly logit hit x")
    text = scores.run(
        "parmest, eform list(parm odds p, noobs clean) rename(estimate odds) format(odds p %8.3f)"
    )
    b, V = scores.e["b"].values[0], scores.e["V"].values
    assert text.split()[:3] == ["parm", "odds", "p"]
    assert text.splitlines()[2].split()[:2] == ["x", f"{np.exp(b[0]):.3f}"]
    assert "estimate" not in scores.data  # the data are back
    scores.run("parmest, fast eform dof(10)")
    assert column(scores, "stderr") == pytest.approx(np.exp(b) * np.sqrt(np.diag(V)), rel=1e-12)
    assert column(scores, "dof").tolist() == [10.0, 10.0]


def test_equations_and_saving(scores: Session, folder) -> None:
    scores.run("quietly mlogit g x\nparmest, saving(parameters, replace)")
    assert "y" in scores.data
    scores.run("use parameters, clear")
    assert scores.data.names[:3] == ["eq", "parm", "estimate"] and "z" in scores.data
    assert scores.data["eq"].values.tolist() == ["2", "2", "3", "3"] or len(scores.data) == 4


def test_omitted_coefficients_have_no_test(scores: Session) -> None:
    scores.run("gen double twice = 2 * x\nquietly regress y x twice\nparmest, norestore")
    gone = column(scores, "stderr") == 0
    assert gone.sum() == 1 and is_missing(column(scores, "p")[gone]).all()


def test_parmby(scores: Session) -> None:
    frames = {
        g: (column(scores, "x")[column(scores, "g") == g], column(scores, "y")[column(scores, "g") == g])
        for g in (1.0, 2.0, 3.0)
    }
    scores.run('parmby "regress y x", by(g) norestore')
    assert scores.data.names[:3] == ["g", "parmseq", "parm"] and scores.data.n_obs == 6
    for place, (x, y) in enumerate(frames.values()):
        found = stats.linregress(x, y)
        assert column(scores, "estimate")[2 * place] == pytest.approx(found.slope, rel=1e-10)
        assert column(scores, "p")[2 * place] == pytest.approx(found.pvalue, rel=1e-8)


def test_refusals(scores: Session, refused) -> None:
    assert refused(scores, "parmest, norestore")[0] == 301
    scores.run("quietly regress y x")
    assert refused(scores, "parmest")[0] == 198
    assert refused(scores, "parmest, norestore rename(estimate)")[0] == 198
    assert refused(scores, "parmest, norestore format(estimate)")[0] == 198
    assert refused(scores, "parmby, norestore")[0] == 198
    assert refused(scores, "parmest, norestore stars(.05)")[0] == 198
    assert refused(scores, 'parmby "regress nothing x", by(g) norestore')[0] == 111
    assert "y" in scores.data
