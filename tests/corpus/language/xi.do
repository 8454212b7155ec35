* source: the same models with factor variables (assert), the printed form of xi in the manual
* covers: xi, char
set obs 40
generate group = 1 + mod(_n * 7, 4)
generate treated = _n > 20
generate site = cond(mod(_n, 3) == 0, "north", cond(mod(_n, 3) == 1, "south", "west"))
generate weight = mod(_n * 37, 17)
generate y = 3 * weight + group + treated + sin(_n)
replace group = . in 3
xi: summarize i.group
xi i.site
describe _I*
xi: quietly regress y i.group*i.treated i.group*weight
matrix b = e(b)
scalar fit = e(rss)
quietly regress y i.group##i.treated i.group##c.weight
assert reldif(fit, e(rss)) < 1e-10
xi: quietly regress y i.treated|weight
scalar fit = e(rss)
quietly regress y weight 1.treated#c.weight
assert reldif(fit, e(rss)) < 1e-10
describe _I*
char group[omit] 3
xi, prefix(_S) noomit: summarize i.treated
xi: summarize i.group if treated
char _dta[omit] prevalent
xi: summarize i.site
capture noisily xi: summarize i.nosuch
capture noisily xi: summarize i.group*i.treated*weight
capture noisily xi, prefix(_long): summarize i.group
char group[omit] 9
capture noisily xi: summarize i.group
