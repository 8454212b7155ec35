* source: FORMAT-estimation 4.8; equations as in published output
* covers: poisson, ologit, oprobit, mlogit, test, testparm
* digits: 6
sysuse scotssec
generate w = 1 + mod(_n, 3)
poisson attain verbal female, irr
poisson attain verbal, exposure(w) vce(robust) nolog
sysuse exam, clear
ologit vr standlrt i.male
test 1.male
ologit, or
oprobit vr standlrt male, nolog
label define band 1 "bottom band" 2 middle 3 top
label values vr band
mlogit vr standlrt male
test [top]male = [bottom_band]male
testparm standlrt, equation(top)
mlogit vr standlrt, baseoutcome(1) rrr nolog
ereturn list
