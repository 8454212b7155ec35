* source: FORMAT-data 1 (headers, silence of generate, one total a message); the values by hand
* covers: by, bysort, by rc0
set obs 8
generate byte home = _n > 5
label define o 0 "Domestic" 1 "Foreign"
label values home o
generate x = 40 - _n*_n
replace x = . in 3
bysort home: summarize x
by home: count if x > 20
by home (x), sort: generate step = x - x[_n-1]
by home: list x step if _n <= 2 | _n == _N
by home: generate total = sum(x)
by home: replace x = x[_n-1] if missing(x)
list, sepby(home)
capture noisily by x: generate z = 1
capture noisily by home: list in 1/2
capture noisily by home: describe
capture noisily by home: by home: count
by home, rc0: regress x if home == 1
display "home " e(N)
bysort home x: drop if _n > 1
describe, short
