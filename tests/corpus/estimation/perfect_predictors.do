* source: the published manual's note, recalled (docs/quirks.md)
* covers: logit, probit
* digits: 6
set obs 40
generate y = mod(_n, 3) == 0
generate x = mod(_n, 7)
generate low = _n <= 4
generate high = _n > 36
replace y = 0 if low
replace y = 1 if high
logit y x low high, nolog
count if e(sample)
probit y x i.low, nolog
generate better = y
capture noisily logit y better
generate step = _n
replace y = _n > 20
capture noisily logit y step
replace y = 1
capture noisily logit y x
