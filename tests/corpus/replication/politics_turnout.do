* source: written in the style of a political scientist's replication package; figures as in the tests of each command
* covers: btscs, mfx, loneway, xtscc, outreg, tabout, stepwise, xtpcse, hausman, marginsplot, ologit, nbreg
* digits: 4
version 12
clear all
set more off
set mem 100m
capture log close
set obs 40
gen country = _n
gen u = sin(_n*1.7)
expand 15
bysort country: gen year = 1990 + _n
xtset country year
gen n = _n
gen lngdp = 2 + u*.3 + .2*sin(n*n*.37)
gen pr = (mod(n*7, 11) > 5) if country < 39
gen federal = mod(country,3)==0
gen polity = mod(n*n*3 + country, 11)
gen turnout = 60 + 3*pr + 2*lngdp + 4*u + 5*cos(n*n*.11)
gen conflict = (sin(n*n*.7) - .3*lngdp + .2*polity > 1)
label define yn 0 "No" 1 "Yes", modify
label values pr federal conflict yn
lab var turnout "Turnout (%)"
tab pr federal, row col chi2
pwcorr turnout lngdp polity, sig star(.05) obs
recode polity (0/3=1 "autocracy") (4/6=2 "anocracy") (7/10=3 "democracy"), gen(regime)
tabstat turnout lngdp, by(regime) stats(mean sd n) columns(statistics)
tabout regime pr using tabout.txt, cells(freq row) format(0c 1p) replace
btscs conflict year country, gen(peace)
gen peace2 = peace^2
xi: logit conflict lngdp polity peace peace2 i.regime, robust cluster(country) nolog
mfx compute, at(mean)
predict p1, pr
estat classification
quietly eststo m1: logit conflict lngdp polity, vce(cluster country) nolog
quietly eststo m2: logit conflict lngdp polity peace, vce(cluster country) nolog
esttab m1 m2, se star(* 0.10 ** 0.05 *** 0.01) b(3) label stats(N ll r2_p, fmt(0 2 3)) title("Conflict")
stepwise, pr(.2): regress turnout lngdp polity pr federal
xtpcse turnout lngdp pr, correlation(ar1) pairwise
quietly xtreg turnout lngdp pr, fe
estimates store fe
quietly xtreg turnout lngdp pr, re
estimates store re
hausman fe re
xtscc turnout lngdp pr, fe lag(2)
loneway turnout country
quietly xtmixed turnout lngdp pr || country:, mle
estat icc
ologit regime lngdp federal, nolog
outreg lngdp federal using tab1, se 3aster replace
nbreg polity lngdp federal, nolog
outreg using tab1, se 3aster append
type tab1.out
gen post = year > 2000
reg turnout c.lngdp##i.post pr, cluster(country)
margins post, at(lngdp=(1.5(.5)2.5))
marginsplot, name(mp, replace)
preserve
collapse (mean) turnout (sd) sdt=turnout (count) n=turnout, by(year)
list in 1/5
restore
