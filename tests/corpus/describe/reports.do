* source: the manuals' descriptions of codebook, labelbook, recode, tsreport, describe and save; counts by hand
* covers: codebook, labelbook, recode, tsreport, describe, save, label dir
* digits: 7
set obs 12
generate x = _n
generate y = 5
generate byte z = mod(_n, 3)
label define z 0 "none" 1 "one"
label values z z
generate str10 s = " a b"
generate str3 t = "ab "
generate w = _n
label values w nothere
replace x = . in 1/3
replace w = . in 1/2
replace z = . in 1/3
note x: measured twice
* z lacks a text for 2; s has at most 4 characters of 10, a blank before and one inside; t one behind
codebook, problems
return list
* w is missing in 1/2, x and z in 1/3
codebook x, mv notes
codebook z, header mv
codebook y, problems detail
codebook w, all dots
keep w
label values w
codebook, problems
* 3 is in two rules, 20 is no value of a
generate a = _n
recode a (1/5 = 1) (3 = 2) (20 = 4) (else = .), generate(b) test
recode a (1/5 = 1) (6/12 = 2), generate(c) test
* a gap of two weeks before observation 10; observation 7 is the first of another panel
generate id = 1 + (_n > 6)
generate week = _n + 2*(_n > 9)
tsset id week
tsreport, list
assert r(N_gaps) == 2
tsreport, list panel report
assert r(N_gaps) == 1
* 2 has no text; texts of b are numbers, and equal
label define lacking 1 "x" 3 " y"
label define same 1 "1" 2 "1"
label values a lacking
labelbook, problems
return list
labelbook lacking, problems detail
save reports
use reports, clear
label dir
label define unused 1 "x"
save reports, replace orphans
use reports, clear
label dir
save reports, replace nolabel
use reports, clear
label dir
describe a, detail varlist
return list
generate later = 1
capture noisily describe, replace
describe, replace clear
list position name type isnumeric format vallab, abbreviate(12)
erase reports.dta
