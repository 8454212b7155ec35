* source: FORMAT-estimation 4.1; the absorbed row recalled
* covers: areg
sysuse productivity
areg gsp private emp unemp, absorb(state)
areg, level(90)
areg gsp private emp unemp region, absorb(state) vce(cluster region)
ereturn list
areg gsp private
