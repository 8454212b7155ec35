* source: written in the style of an article on school effects; figures as in the tests of each command
* covers: xtmixed, estimates, lrtest, estat icc, predict, collapse, merge, center, winsor2, parmest, esttab
* digits: 5
cap log close
clear
set more off
sysuse exam
* Data preparation
rename (normexam standlrt) (score lrt)
label var score "GCSE score (standardised)"
unique school
distinct school student, joint
center lrt, prefix(c_)
bysort school: center lrt, generate(w_lrt)
by school: egen schoolmean = mean(lrt)
winsor2 score, cuts(1 99) suffix(_w)
summarize score score_w c_lrt w_lrt schoolmean
collin lrt schoolmean
tabm male in 1/500
* Models
xtmixed score || school:, mle nolog
estimates store m0
estat icc
local v0 = exp(2*[lns1_1_1]_cons)
xtmixed score w_lrt schoolmean male || school:, mle nolog
estimates store m1
local v1 = exp(2*[lns1_1_1]_cons)
display "school variance explained: " %5.3f 1 - `v1'/`v0'
xtmixed score w_lrt schoolmean male || school: w_lrt, cov(unstructured) mle nolog
estimates store m2
lrtest m1 m2
estimates table m0 m1 m2, b(%7.3f) se(%7.3f) stats(N ll)
esttab m0 m1 m2, b(3) se(3) compress nogaps mtitles("Empty" "Within" "Slopes")
* Residuals of schools
predict u*, reffects
predict fit, fitted
preserve
collapse (mean) score u1 u2 (count) n = lrt, by(school)
gsort -u2
list school n score u1 u2 in 1/5, noobs
tempfile schools
quietly save `schools'
restore
merge m:1 school using `schools', keepusing(n) nogenerate
parmest, list(parm estimate min95 max95 p, noobs clean) format(estimate min95 max95 %8.3f p %6.3f)
correlate score fit
