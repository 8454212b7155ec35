* source: identities of the mixed model's predictions, asserted in the file
* covers: xtmixed, predict, estimates store, lrtest, estat group, margins
set obs 40
generate g = ceil(_n/5)
generate double x = mod(7*_n, 11)
generate double y = 1 + x/2 + g + mod(3*_n, 5)
quietly xtmixed y x || g:
predict double xb
predict double fit, fitted
predict double u, reffects
predict double r, residuals
assert reldif(xb, [y]_cons + [y]x*x) < 1e-10
assert reldif(fit, xb + u) < 1e-10
assert reldif(r, y - fit) < 1e-8
bysort g: assert u == u[1]
quietly summarize u if x < .
assert abs(r(mean)) < 1e-6
scalar ll = e(ll)
estimates store full
quietly xtmixed y || g:
estimates store part
quietly lrtest full part
assert reldif(r(chi2), 2*(ll - e(ll))) < 1e-8
assert r(df) == 1
estimates restore full
quietly margins
matrix m = r(b)
quietly summarize xb
assert reldif(m[1,1], r(mean)) < 1e-10
display "predictions agree"
