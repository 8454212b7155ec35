* source: FORMAT-estimation 4.7; figures of R in conformance
* covers: xtreg, test, testparm, estimates stats
* digits: 6
sysuse productivity
xtset state year
xtreg gsp private emp unemp, fe
test private = emp
estimates store within
xtreg gsp private emp unemp, re
testparm private emp
xtreg gsp private emp unemp, be
xtreg gsp private emp unemp, mle
xtreg
xtreg gsp private emp unemp i.region, re theta
xtreg gsp private emp unemp region, fe robust
estimates replay within, level(90)
sysuse hsb82, clear
xtreg mathach ses minority, i(school) theta
xtreg mathach ses, i(school) re sa vce(cluster school) noheader
quietly xtreg mathach ses in 1/200, i(school) fe
ereturn list
