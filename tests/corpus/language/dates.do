* source: days counted from 1 January 1960, by hand
* covers: display, format, generate
display mdy(1, 1, 1960) " " mdy(12, 31, 1959) " " mdy(3, 1, 2000)
assert mdy(3, 1, 2000) == 14670
display %td 14670 " " %tdCCYY-NN-DD 14670
display year(14670) " " month(14670) " " day(14670) " " dow(14670) " " doy(14670)
display date("1mar2000", "DMY") " " date("2000-03-01", "YMD") " " date("03/01/00", "MDY", 2020)
display ym(2000, 3) " " yq(2000, 1) " " %tq yq(2000, 1) " " yw(2000, 9)
display mofd(14670) " " qofd(14670) " " dofm(482)
display clock("1mar2000 10:30:00", "DMYhms") " " %tc clock("1mar2000 10:30:00", "DMYhms")
display hh(clock("1mar2000 10:30:00", "DMYhms")) " " mm(clock("1mar2000 10:30:00", "DMYhms"))
display date("31feb2000", "DMY") " " mdy(2, 29, 1900) " " mdy(2, 29, 2000)
set obs 3
generate day = mdy(2, 27 + _n, 2012)
format day %td
list, noobs
display d(1jan1960) " " td(2jan1960) " " tm(1960m2)
