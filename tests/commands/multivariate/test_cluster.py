"""cluster against R: hclust (squared distances for median, centroid, ward.D), cutree, kmeans of Lloyd."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.conformance.econometrics import fails
from xmixed.interpreter.session import Session

MADE = """set obs 14
generate double x = sin(_n*2) + 3*(_n > 7)
generate double z = cos(_n^2) + 2*mod(_n, 2)
generate str lab = "o" + string(_n)"""

HEIGHTS = {  # the last three of hclust(d, method)$height
    "single": (1.5216589757, 1.7369113461, 1.7553433303),
    "average": (2.0989338933, 2.9843211715, 3.5357372104),
    "complete": (2.6400170582, 4.2361262560, 5.6869932834),
    "waverage": (2.0863810217, 3.1981816300, 3.5688736053),
    "median": (3.81693971604, 9.06455536962, 9.07183072422),
    "centroid": (3.57926643501, 7.88682055946, 9.45195475098),
    "wards": (12.27177063432, 27.59510572349, 59.54071063183),
}


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.chdir(tmp_path)
    session = Session()
    session.run(MADE)
    return session


def values(session: Session, name: str) -> np.ndarray:
    return session.data[name].to_double()


@pytest.mark.parametrize("linkage", HEIGHTS)
def test_heights_of_r(session: Session, linkage: str) -> None:
    assert session.run(f"cluster {linkage}linkage x z, name(own)") == "cluster name: own\n"
    found = np.sort(values(session, "own_hgt")[:13])[-3:]
    np.testing.assert_allclose(found, HEIGHTS[linkage], rtol=1e-9)


def test_groups_of_r(session: Session) -> None:
    session.run("cluster ward x z, name(w)\ncluster completelinkage x z, generate(c)")
    session.run("cluster generate g = groups(3), name(w)\ncluster generate h = groups(2/4)")
    np.testing.assert_array_equal(values(session, "g"), [1, 2, 2, 2, 1, 2, 1, 3, 3, 3, 3, 3, 3, 3])
    np.testing.assert_array_equal(values(session, "h4"), [1, 2, 1, 2, 1, 2, 1, 3, 4, 3, 4, 3, 4, 3])
    session.run(
        "cluster generate k = cut(4.3)\nassert k == h2\ncluster generate one = groups(1)\nassert one == 1"
    )
    session.run("cluster kmeans x z, k(3) start(firstk) name(km)")
    np.testing.assert_array_equal(values(session, "km"), [3, 2, 3, 2, 3, 2, 3, 1, 1, 1, 1, 1, 1, 1])
    text = session.run("cluster stop km")
    assert "|      3      | " in text
    session.run("anova x km\nscalar within = e(rss)\nscalar between = e(mss)\nanova z km")
    b = float(session.scalars["between"]) + session.e["mss"]
    w = float(session.scalars["within"]) + session.e["rss"]
    session.run("cluster stop km, rule(calinski)")
    assert session.r["calinski_3"] == pytest.approx(b / 2 / (w / 11), rel=1e-9)
    session.run("cluster stop w, groups(2/5)")
    assert len(session.r.scalars) == 4


def test_starts_and_medians(session: Session) -> None:
    session.run("set seed 1")
    starts = ("lastk", "krandom", "krandom(7)", "prandom(7)", "everykth", "segments", "random(3)", "group(g)")
    session.run("generate g = 1 + mod(_n, 2)")
    for place, start in enumerate(starts):
        session.run(
            f"cluster kmeans x z if _n < 14, k(2) start({start}) generate(k{place}) measure(absolute)"
        )
        assert set(values(session, f"k{place}")[:13]) <= {1, 2} and values(session, f"k{place}")[13] > 1e300
    session.run("cluster kmedians x z, k(2) start(firstk) generate(m) keepcenters iterate(50)")
    assert session.data.n_obs == 16
    session.run("summarize x if m == 1, detail\nscalar middle = r(p50)\nassert reldif(x[15], middle) < 1e-12")
    assert "still change" in session.run("cluster kmeans x z, k(3) start(firstk) iterate(1)")


def test_what_is_kept(session: Session) -> None:
    session.run("cluster single x z, measure(L1)\ncluster averagelinkage x, measure(Linf)")
    session.run("cluster wav x z, measure(canb)\ncluster medianlinkage x z\ncluster centroidlinkage x z")
    session.run("cluster drop _clus_4\ncluster drop _clus_5")
    text = session.run("cluster list _clus_1")
    assert text.splitlines()[2].strip() == "(dissimilarity: L1)"
    assert session.run("cluster dir").split() == ["_clus_3", "_clus_2", "_clus_1"]
    session.run("save kept.dta\nuse kept.dta, clear\ncluster generate g = groups(2), name(_clus_1)")
    session.run("cluster drop _clus_3")
    assert session.run("cluster dir").split() == ["_clus_2", "_clus_1"]
    session.run("cluster drop _all")
    assert session.run("cluster list") == "" and "_clus_1_id" not in session.data


def test_trees(session: Session) -> None:
    session.run("cluster ward x z\ncluster dendrogram, labels(lab) title(Tree) quick\ngraph export a.png")
    session.run("cluster dendrogram _clus_1, cutnumber(4) horizontal scheme(s1mono) saving(b.gph, replace)")
    session.run("cluster tree")
    session.run("clear\nset obs 120\ngenerate x = sin(_n)\ncluster single x")
    assert fails(session, "cluster tree") == 198


def test_ties_and_refusals(session: Session) -> None:
    session.run("generate t = mod(_n, 4)\ncluster single t, name(t)")
    assert fails(session, "cluster generate q = groups(3)") == 198
    session.run("cluster generate q = groups(3), ties(more)\ncluster generate r = groups(3), ties(fewer)")
    session.run("cluster generate s = groups(3), ties(skip)\nassert q <= 4 & r == 1")
    assert "s" not in session.data
    assert fails(session, "cluster") == 198
    session.run("generate double far = 1e300*x")
    assert fails(session, "cluster ward far z") == 1400
    assert fails(session, "cluster kmeans x z") == 198
    assert fails(session, "cluster kmeans x z, k(20)") == 2001
    assert fails(session, "cluster kmeans x lab, k(2)") == 109
    assert fails(session, "cluster kmeans x z, k(2) start(nothing)") == 198
    assert fails(session, "cluster kmeans x z, k(2) start(group(t))") == 198
    assert fails(session, "cluster kmeans x z, k(2) name(t)") == 110
    assert fails(session, "cluster single x if x > 99") == 2000
    assert fails(session, "cluster single x in 1") == 2001
    assert fails(session, "cluster single x, measure(correlation)") == 198
    assert fails(session, "cluster stop nosuch") == 198
    assert fails(session, "cluster stop t, rule(duda)") == 198
    assert fails(session, "cluster generate u = groups(99)") == 198
    assert fails(session, "cluster generate u = parts(2)") == 198
    session.run("cluster kmeans x z, k(2) name(km)")
    assert fails(session, "cluster generate u = groups(2), name(km)") == 198
    session.run("replace t_ord = 1 in 2")
    assert fails(session, "cluster generate u = groups(2), name(t)") == 459
    session.run("drop t_ord\ncluster drop km")
    assert fails(session, "cluster tree") == 198
