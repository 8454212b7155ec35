* source: FORMAT-estimation 4.8, 4.1; figures of R in conformance
* covers: logit, logistic, probit, test, lrtest, estimates stats
* digits: 6
sysuse scotssec
generate high = attain >= 6
generate byte w = 1 + mod(_n, 3)
logit high verbal i.female
estimates store full
logit, or
test 1.female
logistic high verbal
lrtest full
estimates stats full .
logit high verbal [pweight=w], nolog
logit high verbal, noconstant vce(cluster primary)
probit high verbal female, offset(w) level(90)
ereturn list
