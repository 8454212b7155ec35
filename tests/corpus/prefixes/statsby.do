* source: FORMAT-estimation 6.5; a by loop gives the same coefficients
* covers: statsby, by
* digits: 6
sysuse sleepstudy
keep if subject < 311
by subject, sort: regress reaction days, noheader
statsby, by(subject) clear: regress reaction days
list in 1/3
sysuse orthodont, clear
generate z = 1
capture noisily statsby, by(female): regress distance age
statsby b=_b[age] n=e(N), by(female) total clear: xtmixed distance age || subject:
list
describe
sysuse orthodont, clear
statsby mean=r(mean), by(female age) subsets clear double nodots nolegend: summarize distance
list
sysuse orthodont, clear
generate g = female if age > 8
statsby m=r(mean), by(g, missing) basepop(age == 8) clear reject(r(N) > 1000) force nodots: summarize distance
list
