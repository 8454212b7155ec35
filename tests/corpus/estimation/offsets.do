* source: [R] glm (lnoffset is exposure by its older name); the same model by poisson
* covers: glm, poisson
set obs 30
generate x = mod(_n, 5)
generate t = 1 + mod(_n, 4)
generate y = mod(_n * 7, 6) + t
glm y x, family(poisson) lnoffset(t) nolog
scalar b = _b[x]
glm y x, family(poisson) exposure(t) nolog noheader
quietly poisson y x, exposure(t)
assert reldif(_b[x], b) < 1e-7
capture noisily glm y x, family(poisson) exposure(t) lnoffset(t)
capture noisily kpss y
