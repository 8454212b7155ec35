"""Date and string formats."""

import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.errors import StataError
from xmixed.formats import calendar, format_string, format_value, is_date_format, is_string_format, width_of
from xmixed.missing import CODES

DATES = [
    (0, "%td", "01jan1960"),
    (0, "%d", "01jan1960"),
    (-1, "%td", "31dec1959"),
    (18901, "%td", "01oct2011"),
    (18901.9, "%td", "01oct2011"),
    (18901, "%tdD_m_Y", "01 Oct 11"),
    (18901, "%tdD_m_CY", "01 Oct 2011"),
    (18901, "%tdDD/NN/CCYY", "01/10/2011"),
    (18901, "%tdnn/dd/YY", "10/1/11"),
    (18901, "%tdDayname,_dd_Month_CCYY", "Saturday, 1 October 2011"),
    (18901, "%tdCCYY-NN-DD", "2011-10-01"),
    (18901, "%tdCCYY.JJJ", "2011.274"),
    (18901, "%tdCCYY!ww!q", "2011w40q"),
    (18901, "%tdDa_mon", "Sa oct"),
    (1e13, "%td", "."),
    (0, "%tc", "01jan1960 00:00:00"),
    (1632997805123, "%tc", "30sep2011 10:30:05"),
    (1632997805123, "%tcHH:MM:SS.sss", "10:30:05.123"),
    (1632997805123 + 43200000, "%tchh:MM_am", "10:30 pm"),
    (0, "%tw", "1960w1"),
    (51, "%tw", "1960w52"),
    (-1, "%tw", "1959w52"),
    (620, "%tm", "2011m9"),
    (206, "%tq", "2011q3"),
    (103, "%th", "2011h2"),
    (2011, "%ty", "2011"),
    (620, "%tmMonth_CCYY", "September 2011"),
    (CODES[0], "%td", "."),
    (CODES[3], "%tm", ".c"),
]


@pytest.mark.parametrize(("value", "fmt", "expected"), DATES)
def test_dates(value, fmt, expected):
    assert format_value(value, fmt).strip() == expected
    assert len(format_value(value, fmt)) == width_of(fmt)


def test_widths():
    widths = {"%td": 9, "%tc": 18, "%tw": 7, "%tm": 7, "%tq": 6, "%th": 6, "%ty": 4}
    assert {fmt: width_of(fmt) for fmt in widths} == widths
    assert format_value(620, "%tm") == " 2011m9"
    assert format_value(620, "%-tm") == "2011m9 "


def test_kinds():
    assert is_date_format("%td") and not is_date_format("%9.0g")
    assert is_string_format("%9s") and not is_string_format("%td")


def test_leap_second():
    assert format_value(1483228826000 + 315619200000, "%tC").strip() == "31dec2016 23:59:60"
    assert format_value(1483228827000 + 315619200000, "%tC").strip() == "01jan2017 00:00:00"


@given(st.dates(min_value=datetime.date(100, 1, 1)))
@settings(max_examples=150, deadline=None)
def test_every_date(date):
    days = (date - datetime.date(1960, 1, 1)).days
    assert format_value(days, "%tdCCYY-NN-DD") == f"{date.year:04d}-{date.month:02d}-{date.day:02d}"
    assert format_value(days, "%tdDayname").strip() == date.strftime("%A")


@pytest.mark.parametrize(
    ("text", "fmt", "expected"),
    [
        ("abc", "%5s", "  abc"),
        ("abc", "%-5s", "abc  "),
        ("abc", "%~6s", " abc  "),
        ("abcdefgh", "%5s", "abcde"),
        ("", "%3s", "   "),
    ],
)
def test_strings(text, fmt, expected):
    assert format_string(text, fmt) == expected


def test_number_format_for_a_string():
    with pytest.raises(StataError) as failure:
        format_string("a", "%9.0g")
    assert failure.value.code == 109


@given(st.integers(calendar.FIRST_DAY, calendar.LAST_DAY))
def test_one_day_is_split_as_arrays_are(day):
    split = [int(part[0]) for part in calendar.split_days(np.array([float(day)]))]
    assert list(calendar.split_day(day)) == split and calendar.day_from(*split) == day
    year_day = int(calendar.day_of_year(np.array([day]))[0])
    week = int(calendar.week_of_year(np.array([day]))[0])
    assert format_value(day, "%tdCCYY!-NN!-DD!-JJJ!-WW") == "{:04d}-{:02d}-{:02d}-{:03d}-{:02d}".format(
        *split, year_day, week
    )


_PART = st.sampled_from([-1.0, 0.0, 0.5, 1.0, 2.0, 12.0, 13.0, 28.0, 29.0, 30.0, 31.0, 32.0, float("nan")])


@given(
    st.sampled_from([99.0, 100.0, 1900.0, 1999.5, 2000.0, 2023.0, 9999.0, 1e4, float("nan")]), _PART, _PART
)
def test_one_date_is_put_together_as_arrays_are(year, month, day):
    expected = float(calendar.days_from(np.array(year), np.array(month), np.array(day)))
    found = calendar.day_from(year, month, day)
    assert found == expected or (found != found and expected != expected)


@given(st.sampled_from("wmqhy"), st.floats(-100_000, 500_000))
def test_one_period_starts_as_arrays_do(unit, value):
    with np.errstate(all="ignore"):
        first = float(calendar.first_day_of(np.array([value]), unit)[0])
    inside = calendar.FIRST_DAY <= first <= calendar.LAST_DAY and (unit != "y" or 100 <= value <= 9999)
    day = format_value(first, "%tdCCYY.JJJ") if inside else "."
    assert format_value(value, f"%t{unit}CCYY.JJJ").strip() == day
