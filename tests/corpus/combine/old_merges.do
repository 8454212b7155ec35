* source: [D] merge of release 10 (sort, unique, uniqusing, nokeep, _merge()); [D] joinby (labels of _merge); [D] duplicates list (sepby)
* covers: merge, joinby, duplicates list
set obs 6
generate id = 7 - _n
generate z = id^2
tempfile other pairs
quietly save `other'
generate pair = mod(_n, 2)
keep if id > 2
expand 2 if id == 3
keep id pair
quietly save `pairs'
clear
set obs 5
generate id = _n + 2
generate x = id
merge id using `other', sort unique nosummary _merge(m) nokeep
list
drop m
merge id using `pairs', sort uniqmaster _merge(m)
tabulate m
keep if m < 3
capture noisily merge using `other', sort
capture noisily merge 1:1 id using `other', sort
drop m
joinby id using `pairs', unmatched(both) _merge(from)
tabulate from
generate g = from > 1
duplicates list from g, sepby(g)
duplicates list from, separator(0)
duplicates list from, separator(2)
