* source: [ST] sts list (at()), [ST] streg postestimation (predict, median time); counts and products by hand
* covers: sts list, predict
set obs 20
generate t = _n
generate d = mod(_n, 3) > 0
generate byte g = _n > 8
label define g 0 "Placebo" 1 "Drug"
label values g g
stset t, failure(d)
sts list, at(0 5 10 to 20) by(g)
display (1 - 1/8) * (1 - 1/7) * (1 - 1/5) * (1 - 1/4)
sts list, at(3 10) failure level(90)
sts list, at(3 10) cumhaz
display 1/20 + 1/19
capture noisily sts list, at(5)
streg g, distribution(exponential) nolog nohr
predict m, median time
predict n
assert m == n
generate byhand = ln(2) / exp(_b[_cons] + _b[g] * g)
assert reldif(m, byhand) < 1e-6
quietly nbreg d g
assert e(chi2_c) >= 0
