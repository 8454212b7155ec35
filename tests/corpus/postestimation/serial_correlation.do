* source: [R] regress postestimation time series (tests and layouts); the same regressions by hand below
* covers: estat dwatson, estat durbinalt, estat bgodfrey, estat archlm, dwstat, durbina, bgodfrey, archlm
set obs 40
generate t = _n + (_n > 30)
generate x = mod(_n * 7, 11)
generate y = 1 + x / 3 + sin(_n / 2) + mod(_n * 3, 5) / 5
capture noisily regress y x
capture noisily estat dwatson
tsset t
estat dwatson
return list
predict double r, residuals
generate double change = (r - L.r)^2
generate double square = r^2
quietly summarize change
scalar above = r(sum)
quietly summarize square
display above / r(sum)
estat bgodfrey, lags(1/2)
return list
matrix list r(chi2)
estat durbinalt, lags(2)
estat durbinalt, lags(2) small
estat bgodfrey, lags(2) small nomiss0
generate double r1 = cond(missing(L.r), 0, L.r)
generate double r2 = cond(missing(L2.r), 0, L2.r)
quietly regress r x r1 r2
display e(N) * e(r2)
test r1 r2
quietly regress r x L.r L2.r
test L.r L2.r
quietly regress y x
estat archlm, lags(1 3)
quietly regress square L.square L2.square L3.square
display e(N) * e(r2)
quietly regress y x
dwstat
durbina
bgodfrey, lags(2)
archlm
capture noisily estat bgodfrey, lags(0)
capture noisily estat durbinalt, robust
quietly regress y x, robust
capture noisily estat archlm
generate g = mod(_n, 2)
generate time = ceil(_n / 2)
xtset g time
quietly regress y x
capture noisily estat dwatson
