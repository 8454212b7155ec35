* source: percentiles of 1..20 by hand
* covers: centile, _pctile, xtile, pctile, egen
set obs 20
generate x = 21 - _n
_pctile x, percentiles(10 50 90)
display r(r1) " " r(r2) " " r(r3)
xtile q = x, nquantiles(4)
tabulate q
assert q == 1 if x <= 5
assert q == 4 if x > 15
pctile p = x, nquantiles(4)
list p in 1/3, noobs clean
egen p25 = pctile(x), p(25)
display p25
quietly centile x
assert r(c_1) == 10.5
