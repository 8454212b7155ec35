* source: FORMAT-estimation 4.1; figures of R in conformance
* covers: regress, test, testparm, estimates replay, estimates stats
sysuse hsb82
regress mathach ses minority
regress mathach ses minority, vce(cluster school)
regress mathach ses i.minority##i.female, beta
testparm i.minority#i.female
test ses = 1.minority
regress, level(90) noheader
regress mathach ses cses meanses, robust
regress mathach in 1/50
regress mathach ses in 1/50, noconstant
generate byte w = 1 + mod(_n, 3)
regress mathach ses [aweight=w] in 1/200, notable
regress mathach ses [pweight=w] in 1/200
regress mathach ses [fweight=w] in 1/200, vce(hc3)
regress mathach ses [w=w] in 1/200, noheader
estimates store weighted
regress mathach ses in 1/200, coeflegend
estimates replay weighted
estimates stats .
quietly regress mathach ses in 1/20
ereturn list
