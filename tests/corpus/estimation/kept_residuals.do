* source: documentation of reghdfe (residuals), of eststo (addscalars, noesample); residuals are those of areg
* covers: reghdfe, eststo, esttab
set obs 40
generate g = mod(_n, 5)
generate x = mod(_n * 7, 11)
generate y = x / 2 + g + mod(_n * 3, 7)
reghdfe y x, absorb(g) residuals(r)
return list
quietly areg y x, absorb(g)
predict double s, residuals
assert reldif(r, s) < 1e-6
quietly reghdfe y x, absorb(g) resid
assert reldif(_reghdfe_resid, s) < 1e-6
quietly reghdfe y x if g, absorb(g) resid
count if missing(_reghdfe_resid)
capture noisily reghdfe y x, absorb(g) residuals(r)
eststo a, addscalars(half 1/2 twice 2*e(N)): quietly regress y x
eststo b, noesample: quietly regress y x if g > 1
esttab a b, scalars(half twice) not
estimates restore b
capture noisily predict z if e(sample)
capture noisily eststo c, addscalars(one)
capture noisily eststo c, addscalars(one "a")
