* source: R 4.2 stats::arima(method = "ML"), MASS psi.huber and psi.bisquare, urca::ur.ers (tests/commands/estimation/test_arima.py, test_rreg.py)
* covers: arima, predict after it, rreg, dfgls
* digits: 5
clear
set obs 120
generate t = tq(1980q1) + _n - 1
format t %tq
tsset t
generate double x = cos(_n*.77)
generate double e = sin(_n^2*0.7)
generate double u = e in 1
quietly replace u = .6*u[_n-1] + e + .4*e[_n-1] in 2/l
generate double y = 5 + .8*x + u
generate double w = sum(u)
arima y x, ar(1) ma(1)
predict double f
list t y f in 1/4
arima w, arima(1,1,1) sarima(1,0,0,4) vce(oim) nolog
predict double g, y dynamic(tq(2009q3))
list t w g in 117/120
dfgls w, maxlag(4)
replace y = y + 40 in 7
rreg y x, genwt(weight)
list y weight in 6/8
