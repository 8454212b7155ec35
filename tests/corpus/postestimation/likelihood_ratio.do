* source: closed form of the normal likelihood, asserted in the file
* covers: lrtest, estimates store, estimates restore, estimates stats, regress
* digits: 6
set obs 10
generate double x = _n
generate double z = mod(3*_n, 7)
generate double y = 1 + x + mod(_n, 3)
quietly regress y x z
estimates store full
scalar full = -5*(ln(2*_pi*e(rss)/10) + 1)
assert reldif(full, e(ll)) < 1e-12
quietly regress y x
estimates store part
scalar part = -5*(ln(2*_pi*e(rss)/10) + 1)
quietly lrtest full part
assert reldif(r(chi2), 2*(full - part)) < 1e-10
assert r(df) == 1
assert reldif(r(p), chi2tail(1, r(chi2))) < 1e-12
quietly estimates stats full
matrix S = r(S)
assert reldif(S[1,5], -2*full + 2*3) < 1e-10
estimates restore full
display e(df_m)
capture noisily estimates restore nosuch
display _rc
estimates dir
estimates drop _all
