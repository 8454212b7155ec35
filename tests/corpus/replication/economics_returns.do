* source: written in the style of an economist's do-file; figures as in the tests of each command
* covers: ivregress, estat firststage, areg, reghdfe, xtivreg2, tobit, teffects, qreg, nl, ml, cluster, sureg, dfuller, pperron
* digits: 4
clear all
set more off
set obs 600
gen n = _n
gen id = ceil(_n/6)
bys id: gen t = _n
tsset id t
gen double z = sin(n*n*.37)
gen double e = cos(n*n*.83) + .3*sin(n*n*1.9)
gen double educ = 12 + 2*z + e + cos(n*3.3)
gen exper = mod(n*13, 20)
gen expersq = exper^2
gen double lwage = 1 + .08*educ + .03*exper - .0005*expersq + .5*e
gen female = mod(n*n, 7) < 3
gen double hours = max(0, 12 + 20*sin(n*n*.53) - 8*female + .5*exper)
gen treat = sin(n*n*1.1) + .4*z - .2*female > .1
reg lwage educ exper expersq, r
test exper expersq
qui reg lwage educ exper expersq
estat hettest
estat ovtest
vif
ivregress 2sls lwage exper expersq (educ = z), first vce(robust)
estat firststage
areg lwage educ exper, absorb(id) cluster(id)
reghdfe lwage educ exper, absorb(id t) vce(cluster id)
xtivreg2 lwage exper (educ = z), fe robust
xtreg lwage educ exper i.t, fe vce(cluster id)
tobit hours exper female, ll(0) nolog
margins, dydx(*) predict(ystar(0,.))
teffects ra (lwage educ exper) (treat)
teffects ipw (lwage) (treat z female), atet
qreg lwage educ exper, quantile(.5) nolog
nl (lwage = exp({b0} + {b1=.05}*educ)), nolog
nlcom exp([b0]_cons)
program mylf
    args lnf mu lnsig
    qui replace `lnf' = ln(normalden($ML_y1, `mu', exp(`lnsig')))
end
ml model lf mylf (lwage = educ exper) /lnsig
ml maximize, nolog
cluster kmeans educ exper, k(3) start(firstk) gen(cl)
tabstat educ exper, by(cl)
constraint 1 z = -female
probit treat z exper female, constraints(1) nolog
sureg (lwage educ exper) (hours exper female), corr
collapse (mean) lwage educ, by(n)
tsset n
dfuller lwage, lags(2) trend
pperron lwage
tssmooth ma smooth = lwage, window(2 1 2)
newey lwage L.lwage, lag(3)
