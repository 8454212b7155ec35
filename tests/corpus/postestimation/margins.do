* source: FORMAT-estimation 3.7 (titles, legends, tables, refusals); figures by hand algebra in conformance
* covers: margins, test, estimates replay
sysuse hsb82
generate byte grp = 1 + mod(_n, 3)
quietly xtmixed mathach ses i.grp i.minority || school:
margins
margins grp
margins grp minority, grand
margins grp#minority, level(90)
margins i(1 3).grp
margins, at(ses=(-1 1) grp=1 (mean) minority)
margins, at((p50) ses (base) grp minority=1)
margins minority, at(ses=(-1(1)1)) vsquish
margins grp, atmeans
margins, at(ses=0) at(ses=1 minority=1) noatlegend
margins, at((asbalanced) _factor (zero) ses)
margins, dydx(grp ses)
margins, dydx(*) atmeans
margins, over(minority)
margins, over(minority) at((mean) ses (median) grp)
margins, dydx(ses grp) over(minority)
margins grp, asbalanced nose
margins grp, asobserved df(30) cformat(%8.3f) pformat(%4.2f) sformat(%5.1f)
margins, by(minority) atmean emptycells(strict)
return list
matrix list r(at)
quietly xtmixed mathach c.ses##i.minority c.ses#c.ses || school:
margins, dydx(ses) at(ses=(-1 1) minority=1)
margins, dydx(ses) at(minority=(0 1))
margins, eyex(ses)
margins, dyex(ses)
margins, eydx(minority)
margins minority, expression(exp(predict(xb)/10))
margins, expression(_b[ses] + 2*_b[c.ses#c.ses])
margins minority, predict(xb) post
margins, coeflegend
test 0.minority = 1.minority
estimates replay
capture noisily margins minority
quietly xtmixed mathach i.grp##i.minority ses if !(grp == 2 & minority) || school:
margins grp#minority
margins grp#minority, noestimcheck
capture noisily margins ses
capture noisily margins grp, at(foo=1)
capture noisily margins grp, at(grp=7)
capture noisily margins 5.grp
capture noisily margins, dydx(t*)
capture noisily margins, eyex(grp)
capture noisily margins, at(grp)
capture noisily margins, at((mode) grp)
capture noisily margins, predict(fitted)
capture noisily margins, predict(foo)
capture noisily margins grp, vce(unconditional)
capture noisily margins grp, coeflegend
capture noisily margins if ses > 100
capture noisily margins grp@minority
