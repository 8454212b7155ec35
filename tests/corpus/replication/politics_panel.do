* source: written in the style of a replication file of political science; figures as in the tests of each command
* covers: estsimp, setx, simqi, xtset, regress, xtreg, xtpcse, esttab, eststo, egen, recode, tabulate, margins
* digits: 5
#delimit ;
clear all; set more off; set seed 20121;
version 12;
global controls "private emp unemp";
sysuse productivity,
    clear;
#delimit cr
* 1. data ------------------------------------------------------------------
describe, short
codebook state, compact
label variable gsp "Gross state product (log)"
egen sid = group(state)
xtset sid year
gen byte south = inlist(region, 5, 6, 7) if !missing(region)
label define south 0 "Other" 1 "South"
label values south south
bysort state (year): gen lgsp = gsp[_n-1]
by state: gen growth = (gsp - gsp[_n-1])*100 if [_n] > 1
by state: egen meanunemp = mean(unemp)
recode meanunemp (min/5.5 = 1 "Low") (5.5/7 = 2 "Middle") (7/max = 3 "High"), generate(ugroup)
tab ugroup south if year == 1986, col nofreq chi2
mdesc growth lgsp unemp
xtsum growth unemp
* 2. models ------------------------------------------------------------------
eststo clear
eststo ols: quietly regress growth unemp south, vce(cluster sid)
eststo fe: quietly xtreg growth unemp i.year, fe vce(cluster sid)
eststo pcse: quietly xtpcse growth unemp south
esttab ols fe pcse, b(3) se(3) star(* .1 ** .05 *** .01) keep(unemp south) scalars(r2) mtitles nonotes
quietly regress growth c.unemp##i.south, vce(cluster sid)
margins south, dydx(unemp)
boottest 1.south#c.unemp, reps(199) seed(7) noci
* 3. quantities of interest ----------------------------------------------------
gen byte recession = growth < 0 if !missing(growth)
estsimp logit recession unemp south, sims(200) nolog
setx mean
setx south 0
simqi, prval(1)
simqi, fd(prval(1)) changex(unemp p10 p90 & south 0 1)
drop b1 b2 b3
foreach y of numlist 1975 1980 1985 {
    quietly summarize growth if year == `y', detail
    display "`y': median growth " %6.3f r(p50) ", p10 " %6.3f r(p10)
}
log close _all
