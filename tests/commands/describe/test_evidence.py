"""Names cut so that they stay apart, labels that are not there, dates: as printed output has them."""

from __future__ import annotations

import pytest

from xmixed.formats.width import abbreviate_name

SPRING = ["zpals_fall_k2016", "zpals_fall_12016", "zpals_spring_k2016", "zpals_fall_12017"]
CANCER = ["brcaincidence2008", "brcamortality2008"]
MEANS = ["moyenne_1", "moyenne_3", "moyenne_23"]
DELTAS = ["delta_SCI1", "delta_NONSCI1", "delta_OTH1", "delta_MIX1"]
CONTACTS = ["hivcontactsmale", "hivcontactsfemale"]
TRAILING = ["hivcontactsmale_", "hivcontactsfemale_"]
YEARS = ["less5yrsmale_", "less5yrsf_"]


@pytest.mark.parametrize(
    ("name", "width", "among", "shown"),
    [
        ("cogat_verbal2017", 14, [], "cogat_ver~2017"),
        ("dap_scale_2016", 12, [], "dap_sca~2016"),
        ("cogat_verbal2017", 12, [], "cogat_v~2017"),
        ("zpals_fall_k2016", 14, SPRING, "zpals_fall_k~6"),
        ("zpals_fall_k2016", 12, SPRING, "zpal~l_k2016"),
        ("zpals_fall_12017", 14, SPRING, "zpals_fa~12017"),
        ("brcaincidence2008", 8, CANCER, "brcain~8"),
        ("moyenne_1", 8, MEANS, "moyenn~1"),
        ("moyenne_3", 8, MEANS, "moyen~_3"),
        ("delta_SCI1", 8, DELTAS, "de~_SCI1"),
        ("delta_MIX1", 8, DELTAS, "delta~X1"),
        ("delta_NONSCI1", 12, DELTAS, "delta_NONS~1"),
        ("hivcontactsmale", 12, CONTACTS, "hivcon~smale"),
        ("hivcontactsfemale", 12, CONTACTS, "hivcon~emale"),
        ("hivcontactsmale_", 8, TRAILING, "h~smale_"),
        ("hivcontactsfemale_", 8, TRAILING, "h~emale_"),
        ("less5yrsmale_", 8, YEARS, "less5~e_"),
        ("less5yrsf_", 8, YEARS, "less5~f_"),
    ],
)
def test_names_as_logs_show_them(name, width, among, shown):
    assert abbreviate_name(name, width, among) == shown


def test_names_of_the_data_stay_apart(session):
    session.run("set obs 2\ngenerate hivcontactsmale = _n\ngenerate hivcontactsfemale = -_n")
    summary = session.run("summarize").splitlines()
    assert [line.split()[0] for line in summary[3:]] == ["hivcon~smale", "hivcon~emale"]
    assert session.run("correlate hiv*").splitlines()[2].split() == ["|", "hi~smale", "hi~emale"]
    assert session.run("ds") == "hivcon~smale  hivcon~emale\n"


def test_list_cuts_names_to_the_width_of_the_values(session):
    session.run("set obs 1\ngenerate initdate_num = 12345\ngenerate init = 1")
    assert "initda~m" in session.run("list initdate_num")
    session.run("format initdate_num %td")
    assert "initdat~m" in session.run("list initdate_num")  # 19oct1993
    session.run("format initdate_num %tdMon_dd,_CCYY")
    assert "initdate_num" in session.run("list initdate_num")  # 12 characters fit above `Oct 19, 1993`


def test_long_value_labels_in_describe(session):
    session.run('set obs 1\ngenerate survquar = 1\nlabel variable survquar `"Sequential Survey Quarter"\'')
    session.run("label values survquar lsurvquar")
    assert session.run("describe survquar").splitlines()[-2:] == [
        "survquar        float  %9.0g       lsurvquar",
        " " * 46 + "Sequential Survey Quarter",
    ]
    session.run("label values survquar lsurvqua")
    assert session.run("describe survquar").splitlines()[-1].endswith("lsurvqua   Sequential Survey Quarter")


def test_one_digit_days_in_describe(session):
    session.run("set obs 1\ngenerate x = 1")
    session.data = session.data.with_(timestamp=" 5 Dec 2012 14:21")
    assert session.run("describe").splitlines()[3] == " vars:             1".ljust(46) + "5 Dec 2012 14:21"


def test_labelled_values_in_codebook(session):
    session.run("set obs 40\ngenerate occ = mod(_n, 12)\nreplace occ = . if _n > 30")
    session.run('label define occ 5 "Elementary occupations" 11 "Sales"\nlabel values occ occ')
    lines = session.run("codebook occ").splitlines()
    assert lines[6] == "                 label:  occ, but 25 nonmissing values are not labeled"
    assert lines[11:] == [
        "              examples:  3     ",
        "                         5     Elementary occupations",
        "                         9     ",
        "                         .     ",
    ]
    session.run("label values occ nolabel")
    lines = session.run("codebook occ").splitlines()
    assert lines[6].endswith("nolabel, but label does not exist") and len(lines) == 10
    session.run("replace occ = . if occ > 2\nlabel values occ occ")
    assert session.run("codebook occ").splitlines()[-1] == " " * 28 + "32         .  "
    session.run("generate double x = _n/3")
    assert "units:  1.000e-08" in session.run("codebook x")
