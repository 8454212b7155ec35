* source: FORMAT-data 6 (types, labels, order, messages); values by hand
* covers: collapse, contract, expand, fillin, joinby, cross
set obs 9
generate byte g = mod(_n, 3)
generate byte h = mod(_n, 2)
generate x = _n^2
replace x = . in 4
generate str5 s = "a" + string(_n)
label variable x "the x"
save c
collapse x (sd) sd=x (count) n=x (p50) m=x (first) s (sum) tot=x (max) g2=h (iqr) i=x (lastnm) l=x, by(g) fast
list
describe
use c, clear
collapse (mean) x (sum) sx=x (rawsum) rx=x (count) n=x [aweight=_n], by(h) cw
list
use c, clear
collapse (semean) se=x (sebinomial) sb=h (sepoisson) sp=x (median) x (min) lo=x
list
use c, clear
contract g h, zero percent(p) cpercent(cp) cfreq(cf) float format(%5.1f)
list
use c, clear
contract x, nomiss freq(n)
list
use c, clear
expand h+1, generate(copy)
expand 0 if g == 1
expand = 2 if g == 0
list g h x copy in -3/l
use c, clear
drop if g == 1 & h == 1
fillin g h
list
use c, clear
keep if _n > 6
replace g = 9 in 1
joinby g using c, unmatched(both) _merge(m) nolabel
tabulate m
use c, clear
keep g h
keep in 1/2
rename (g h) (a b)
cross using c
count
capture noisily collapse (foo) x
capture noisily collapse (mean) x (sd) x
capture noisily collapse (mean) s
capture noisily collapse x if x < 0
capture noisily collapse (sd) x [pweight=x]
capture noisily fillin g
