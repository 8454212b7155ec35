* source: written in the style of a cohort paper's do-file; figures as in the tests of each command
* covers: cs, cc, roctab, logistic, lincom, predict, fre, tabstat, stset, sts, stcox, mkspline, egen
* digits: 5
version 12
capture log close
set more off
set seed 4711
* 1. a cohort, drawn -----------------------------------------------------------
set obs 600
gen id = _n
gen byte female = runiform() < .55
gen age = round(35 + 30*runiform())
gen byte smoker = runiform() < .25 + .1*!female
gen sbp = round(100 + .6*age + 6*smoker + 12*rnormal())
replace sbp = . in 1/15
gen double lp = -6.5 + .05*age + .9*smoker + .012*cond(missing(sbp), 130, sbp)
gen byte case = runiform() < invlogit(lp)
gen double time = min(10, -ln(runiform())/(.02*exp(.7*smoker + .03*(age - 50))))
gen byte event = time < 10
label variable case "Myocardial infarction"
label variable smoker "Current smoker"
label define yesno 0 "No" 1 "Yes"
label values case smoker yesno
egen agegroup = cut(age), at(35 45 55 66) icodes
label define ages 0 "35-44" 1 "45-54" 2 "55-65"
label values agegroup ages
* 2. description ------------------------------------------------------------------
fre agegroup smoker
tabstat age sbp, by(case) statistics(n mean sd p50) format(%8.2f)
mdesc sbp
table agegroup smoker, contents(mean sbp freq) format(%6.1f)
ttest sbp, by(case) unequal
* 3. crude and stratified -----------------------------------------------------------
cs case smoker
cs case smoker, by(agegroup)
cc case smoker, by(female)
ir event smoker time
* 4. models ---------------------------------------------------------------------------
mkspline a1 50 a2 = age
xi: logistic case i.agegroup smoker sbp, nolog
lincom smoker + 10*sbp, or
estat gof, group(10)
predict p if e(sample)
roctab case p
quietly logit case c.age##i.smoker
testparm i.smoker c.age#i.smoker
margins, dydx(smoker) at(age = (40 50 60)) vsquish
* 5. survival -----------------------------------------------------------------------
stset time, failure(event) id(id)
sts test smoker
stcox smoker age, nolog
stcox, nohr
capture noisily assert _b[smoker] > 0
