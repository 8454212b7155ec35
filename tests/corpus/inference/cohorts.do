* source: R 4.2 mantelhaen.test, and life tables by hand (tests/commands/epidemiology/test_odds.py)
* covers: mhodds, tabodds, stsplit, stptime, stdescribe, ltable
* digits: 6
clear
set obs 16
generate case = mod(_n-1, 2)
generate smoke = mod(floor((_n-1)/2), 2)
generate age = ceil(_n/4)
generate n = 5 + mod(3*_n, 11) + 4*case*age
mhodds case smoke [fw=n], by(age)
mhodds case age smoke [fw=n]
tabodds case age [fw=n]
tabodds case age [fw=n], or
clear
set obs 12
generate id = _n
generate t = 2*_n - 1 + (_n > 6)
generate d = mod(_n, 3) > 0
ltable t d, intervals(4)
stset t, failure(d) id(id)
stdescribe
stsplit band, at(5 10 15)
stptime, by(band) per(100)
list id _t0 _t _d band in 1/10, noobs
