* source: layout of regress (FORMAT-estimation 4.1) with the row of the absorbed variable; figures of R in conformance
* covers: areg
sysuse productivity
areg gsp private emp unemp, absorb(state)
areg, level(90)
areg gsp private emp unemp region, absorb(state) vce(cluster region)
ereturn list
areg gsp private
