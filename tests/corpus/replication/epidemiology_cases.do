* source: written in the style of an epidemiologist's do-file; figures as in the tests of each command
* covers: cs, cc, mhodds, tabodds, logistic, stset, stsplit, stptime, stdescribe, ltable, strate, stcox, nptrend
* digits: 4
clear
set more off
cap log close
set obs 500
gen id = _n
gen n = _n
gen age = 30 + mod(n*17, 40)
gen sex = mod(n*n, 5) < 2
gen smoke = sin(n*n*.7) > .3 - .2*sex
gen double bmi = 25 + 3*cos(n*n*.31)
gen case = sin(n*n*1.3) > .7 - .5*smoke - .01*(age-50)
lab def sex 0 "Female" 1 "Male"
lab val sex sex
egen agegrp = cut(age), at(30 40 50 60 71) label
tab case smoke, chi2 exact col
cs case smoke, by(agegrp)
cc case smoke, woolf
mhodds case smoke
mhodds case smoke, by(agegrp)
mhodds case agegrp smoke
tabodds case agegrp
tabodds case agegrp, or
logistic case i.smoke c.age i.sex
lfit, group(10) table
lincom 1.smoke + 10*age, or
glm case smoke age, fam(poisson) link(log) eform robust nolog
gen double time = -ln(.5 + .499*sin(n*n*.9))*8*exp(-.5*smoke) + .1
gen died = time < 20
replace time = min(time, 20)
stset time, failure(died) id(id)
stdes
stsum, by(smoke)
stptime, by(smoke) per(1000)
sts test smoke, logrank
stcox smoke age i.sex, nolog
estat phtest, detail
ltable time died, by(smoke) intervals(5)
ltable time died, intervals(5) hazard
stsplit tband, at(5 10 15)
strate tband, per(1000)
streg smoke age, d(weibull) nolog
ir died smoke time
kap smoke sex
ci case, binomial
centile bmi, centile(2.5 50 97.5)
sampsi .3 .5, power(.8)
xtile q = bmi, nq(4)
tabstat bmi, by(q) s(n mean p50 iqr)
stepwise, pr(.1): logistic case smoke age bmi
nptrend bmi, by(agegrp)
kwallis bmi, by(agegrp)
ranksum bmi, by(sex)
ksmirnov bmi, by(sex)
roctab case age
mdesc case smoke bmi
