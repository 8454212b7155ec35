* source: FORMAT-data 6 (sample, bsample); numbers of observations by hand
* covers: sample, bsample
set seed 12
set obs 200
generate g = 1 + (_n > 150)
generate id = _n
preserve
sample 10
assert _N == 20
restore, preserve
* 10 per cent of 150 and of 50
sample 10, by(g)
quietly count if g == 1
assert r(N) == 15
assert _N == 20
restore, preserve
sample 7, count by(g)
assert _N == 14
isid id
restore, preserve
* those outside if stay
sample 10 if g == 2
assert _N == 155
restore, preserve
bsample 30
assert _N == 30
restore, preserve
bsample, strata(g)
quietly count if g == 2
assert r(N) == 50 & _N == 200
restore
capture noisily sample
capture noisily sample 101
capture noisily sample -1
capture noisily bsample 201
