* source: [SVY] svydescribe (layout from memory); counts by hand
* covers: svydescribe, svyset
set obs 23
generate strat = 1 + (_n > 10) + (_n > 20)
generate psu = cond(_n > 20, 9, 1 + int((_n - 1) / 4))
generate pw = 10
generate x = _n if _n > 3
capture noisily svydescribe
svyset psu [pweight=pw], strata(strat)
svydes
return list
svydescribe x
svydescribe, single
label define s 1 "North" 2 "South and the rest" 3 "East"
label values strat s
svydescribe if strat < 3
capture noisily svydescribe if strat > 3
capture noisily svydescribe, stage(2)
svyset _n
svydescribe
