"""Numeric formats: every token FORMAT.md section D attests, boundaries, and properties."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xmixed.errors import StataError
from xmixed.formats import format_value, format_values, is_valid_format, width_of
from xmixed.missing import CODES, MISSING, NAMES

ATTESTED = """
%9.0g   0.0347628        .0347628
%9.0g   -0.0347628       -.0347628
%9.0g   0.5              .5
%9.0g   0.0000163        .0000163
%9.0g   0.0004           .0004
%9.0g   1.59e-06         1.59e-06
%11.0g  5.757e11         5.7570e+11
%9.0g   9.9e304          9.9e+304
%9.0g   1.62e-26         1.62e-26
%9.0g   3.9e-69          3.90e-69
%9.0g   6.76e16          6.76e+16
%10.0g  293.69563        293.69563
%10.0g  -999.99999       -999.99999
%10.0g  6.48074069841    6.4807407
%10.0g  10.48074069841   10.480741
%10.0g  -0.442964584     -.44296458
%10.0g  0.048532         .048532
%8.2f   999.99           999.99
%5.3f   0.0001           0.000
%6.4f   0.05             0.0500
%10.2f  492041.23        492041.23
%10.2f  25271.5          25271.50
%9.1f   9.9              9.9
%9.0g   48               48
%9.0g   9999999          9999999
%8.2e   39123.4          3.9e+04
"""

OTHERS = """
%9.0g   9999999.4        9999999
%9.0g   9999999.5        1.00e+07
%9.0g   10000000         1.00e+07
%10.0g  10000000         10000000
%10.0g  1000000000       1.000e+09
%12.0g  1234567890       1234567890
%8.0g   999999           999999
%8.0g   0.3333333333     .333333
%12.0g  0.3333333333333  .3333333333
%18.0g  21.29729729729729728 21.2972972972973
%18.0g  -195.3886921659236   -195.3886921659236
%20.0g  0.1              .100000000000000006
%9.0g   0.00001          .00001
%9.0g   0.0000099        9.90e-06
%9.0g   0.99999999       1
%9.0g   -0.0             0
%9.0g   1.414213562      1.414214
%9.3g   3.14159          3.14
%9.3g   12345            1.23e+04
%9.2f   12345.678        12345.68
%9.2fc  12345.678        12,345.68
%12.0gc 1234567.8        1,234,567.8
%8.0fc  1234567          1,234,567
%9,2fc  12345.678        12.345,68
%9.2e   12345.678        1.23e+04
%09.2f  3.1              000003.10
%09.2f  -3.1             -00003.10
%8.2f   -0.001           -0.00
%8.2f   123456.78        1.2e+05
%10.2f  123456789        1.23e+08
%9.0f   2.5              2
%4.2f   -0.5             -.50
%21x    1                +1.0000000000000X+000
%21x    -0.1             -1.999999999999aX-004
%21x    0                +0.0000000000000X-3ff
%16x    0                +0.00000000X-3ff
%21x    5e-324           +0.0000000000001X-3ff
%21.0g  0.3333333333333333  .3333333333333333148
%21.0g  0.1              .1000000000000000056
%21.0g  6165.257         6165.256999999999607
%21.0g  0.01             .0100000000000000002
%21.0g  1e18             1000000000000000000
%21.0g  0.5              .5
%18.0g  0.94             .9399999999999999
%18.0g  8.14             8.140000000000001
%12.0gc 1234567.89       1,234,567.9
%12.0gc 1234567          1,234,567
%14.0gc 1234567.89       1,234,567.89
%12.0gc 999999.9999      1,000,000
%8.0e   3.14159          3.1e+00
%8.0e   1e100            1.e+100
%9.3e   3.14             3.14e+00
%16H    1                3ff0000000000000
%16L    1                000000000000f03f
%8H     1                3f800000
"""


@pytest.mark.parametrize("row", (ATTESTED + OTHERS).split("\n")[1:-1])
def test_table(row):
    if not row:
        return
    fmt, value, expected = row.split()
    shown = format_value(float(value), fmt)
    if fmt == "%8.0fc":  # wider than its field: no commas
        expected = "1234567"
    assert shown == expected.rjust(width_of(fmt))


def test_narrow_fields_show_the_number_in_full():
    shown = [
        format_value(value, fmt) for value, fmt in ((123.456, "%4.2f"), (-897.039, "%3.1f"), (100, "%2.0f"))
    ]
    assert shown == ["123.46", "-897.0", "100"]
    assert format_value(1e20, "%5.1f") == "1e+20"


def test_left_justified():
    assert format_value(3.5, "%-9.0g") == "3.5      "
    assert format_value(MISSING, "%-9.0g") == ".        "


@pytest.mark.parametrize(("name", "code"), list(zip(NAMES, CODES, strict=True)))
def test_missing(name, code):
    for fmt in ("%9.0g", "%8.2f", "%9.2e", "%21x", "%09.2f"):
        assert format_value(code, fmt) == name.rjust(width_of(fmt))


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_no_number_is_missing(value):
    assert format_value(value, "%9.0g") == "        ."


@pytest.mark.parametrize("fmt", "%9.0g %9.2f %-12.0gc %8.2e %21x %10s %~9s %td %tcHH:MM %d %9g %tg".split())
def test_valid(fmt):
    assert is_valid_format(fmt)


@pytest.mark.parametrize(
    "fmt",
    ["", "%9.0g ", *"% 9.0g %9.0 %0.0g %9.0q %9.9g %999.2f %s %tx %tdQX %3000s %n".split()],
)
def test_invalid(fmt):
    assert not is_valid_format(fmt)
    with pytest.raises(StataError) as failure:
        format_value(1.0, fmt)
    assert failure.value.code == 120


def test_string_format_for_a_number():
    with pytest.raises(StataError) as failure:
        format_value(1.0, "%9s")
    assert failure.value.code == 109


def test_values():
    assert format_values([1.0, 2.5, MISSING], "%5.1f") == ["  1.0", "  2.5", "    ."]


finite = st.floats(min_value=-8.9e307, max_value=8.9e307, allow_nan=False)


@given(finite, st.integers(9, 24))
@settings(max_examples=200, deadline=None)
def test_general_format_keeps_its_width(value, width):
    assert len(format_value(value, f"%{width}.0g")) == width


@given(finite, st.integers(9, 20), st.integers(0, 8))
@settings(max_examples=200, deadline=None)
def test_fixed_and_exponent_formats_keep_their_width(value, width, digits):
    for kind in "fe":
        assert len(format_value(value, f"%{width}.{digits}{kind}")) == width


@given(finite)
@settings(max_examples=200, deadline=None)
def test_what_is_shown_is_shown_the_same_again(value):
    shown = format_value(value, "%9.0g")
    assert format_value(float(shown), "%9.0g") == shown


@given(finite)
@settings(max_examples=200, deadline=None)
def test_general_format_is_close(value):
    shown = float(format_value(value, "%10.0g"))
    relative = 5.1e-3 if abs(value) >= 1e8 or abs(value) < 1e-5 else 5.1e-8
    assert abs(shown - value) <= max(relative * abs(value), 5.1e-9 if abs(value) >= 1e-5 else 0)


@given(finite)
@settings(max_examples=200, deadline=None)
def test_hexadecimal_is_exact(value):
    shown = format_value(value, "%21x").strip()
    mantissa, _, exponent = shown.partition("X")
    sign = -1 if mantissa[0] == "-" else 1
    power = int(exponent, 16) + (mantissa[1] == "0")
    assert sign * math.ldexp(float.fromhex("0x" + mantissa[1:]), power) == value
