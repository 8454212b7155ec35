* source: FORMAT-data 12 (datasignature); the manual's description of cf and compare; counts by hand
* covers: compare, cf, datasignature
set obs 6
generate x = _n
generate y = _n + mod(_n, 3) - 1
replace y = . in 5
replace x = .a in 5/6
generate str3 s = "a"
generate str3 t = cond(_n > 4, "", cond(_n > 2, "b", "a"))
compare x y
compare s t
compare x y in 1/2
capture noisily compare x s
capture noisily compare x
capture noisily compare x y s
save one
cf _all using one
cf x y using one, all
recast double x
cf x using one
replace y = 9 in 2
replace x = . in 5
replace s = "z" in 1
generate extra = 1
capture noisily cf _all using one, verbose
capture noisily cf t using one, all
keep in 1/3
capture noisily cf x using one
capture noisily cf x using nosuch
capture noisily datasignature confirm
quietly datasignature set
capture noisily datasignature set
quietly datasignature confirm
format x %12.0f
compress
quietly datasignature confirm
replace y = 7 in 1
capture datasignature confirm
display _rc
quietly datasignature set, reset
quietly datasignature report
display r(datasignature) == r(curdatasignature)
* variables that are new or stand elsewhere are no change unless strict
generate later = 1
quietly datasignature confirm
capture datasignature confirm, strict
assert _rc == 9
drop later
order y
quietly datasignature confirm
capture datasignature confirm, strict
assert _rc == 9
datasignature clear
capture noisily datasignature report
quietly datasignature
