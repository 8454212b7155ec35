* source: values by hand (assert); LANGUAGE 13.1 and 13.2
* covers: fvset base, fvset clear, fvset report, fvexpand, fvrevar, tsrevar, tsunab, fvunab, summarize, list, correlate, pwcorr
set obs 9
generate t = _n
generate g = mod(_n, 3) + 1
generate x = _n^2
replace g = . in 9
tsset t
generate z = 2.g
assert z == (g == 2) if g < .
assert z == . in 9
generate w = i3.g * x + 1.g#c.x
assert w == (g == 3) * x + (g == 1) * x if g < .
count if 2.g#c.x > 10 & g < .
display 1.g " " 2.g
replace w = 3.g
replace w = 1.g
assert w == (g == 1) if g < .
summarize L(0/1).x 2.g i.g#c.x
list t i.g L.x D.x in 1/4, noobs
correlate x L.x F.x
pwcorr x L2.x
tsrevar L.x x D2.x
local made `r(varlist)'
tokenize `made'
assert `1' == L.x
assert "`2'" == "x"
assert `3' == D2.x
tsrevar L.x c.x#i.g, list
display "`r(varlist)'"
fvrevar 2.g
assert `r(varlist)' == 2.g
fvexpand i.g##c.x L.x if t < 6
display "`r(varlist)' `r(fvops)' `r(tsops)'"
tsunab full : L(1/2).x t
display "`full'"
fvunab full : i.g##c.x
display "`full'"
fvset base 3 g
fvexpand i.g
display "`r(varlist)'"
quietly regress x i.g
display _b[1.g] + _b[_cons] - (1 + 0 + 0) > 0
fvset report
fvset base last g
fvexpand i.g ib2.g#c.x
display "`r(varlist)'"
fvset base frequent g
fvexpand i.g
fvset base #2 g
fvexpand i.g
display "`r(varlist)'"
fvset base none g
fvexpand i.g
display "`r(varlist)'"
fvset clear g
fvset report
fvexpand i.g
display "`r(varlist)'"
capture noisily fvset base middle g
capture noisily fvset base 1 nosuch
