* source: written in the style of a paper on attitudes; figures as in the tests of each command
* covers: alpha, factor, rotate, ologit, oprobit, simqi, misstable, dropmiss, carryforward, egen, tabstat, correlate
* digits: 4
cap log close
clear all
set more off
set seed 31415
set obs 500
* Drawn answers of a survey --------------------------------------------------
gen id = _n
gen byte wave = 1 + (id > 250)
gen double trust = rnormal()
gen educ = 8 + round(8*runiform())
gen age = 18 + round(60*runiform())
forvalues j = 1/4 {
    gen item`j' = round(3 + .8*trust + .7*rnormal())
    replace item`j' = 1 if item`j' < 1
    replace item`j' = 5 if item`j' > 5
    replace item`j' = .a if runiform() < .04
}
gen item5 = 6 - item4
label define agree 1 "Strongly disagree" 2 "Disagree" 3 "Neither" 4 "Agree" 5 "Strongly agree" .a "No answer"
label values item* agree
gen vote = cond(trust + .1*(educ - 12) + rnormal() < -.5, 1, cond(trust + rnormal() < .8, 2, 3))
label define vote 1 "Never" 2 "Sometimes" 3 "Always"
label values vote vote
gen blank = .
* Scales ------------------------------------------------------------------------
fre item1
missings report item*
misstable patterns item1-item4, freq
dropmiss, force
tabm item1 item2 item3
alpha item1-item5, item
egen scale = rowmean(item1 item2 item3 item4)
egen nmiss = rowmiss(item1-item4)
replace scale = . if nmiss > 1
factor item1-item4 educ age, pcf factors(2)
rotate
predict f1
pwcorr scale f1 educ age, sig obs
center scale age, standardize
sort wave id
by wave: carryforward item1, generate(item1_full)
count if missing(item1_full)
tabstat scale, by(vote) stats(mean semean n)
oneway scale vote, tabulate
* Models ---------------------------------------------------------------------------
oprobit vote c_scale educ, nolog
estsimp ologit vote c_scale educ c_age if wave == 1, sims(150) nolog antisim
setx mean
setx educ 12 c_scale -1
simqi
simqi, fd(prval(1 3)) changex(c_scale -1 1) level(90)
simqi, pr genpr(p1 p2 p3)
summarize p1-p3
drop b*
