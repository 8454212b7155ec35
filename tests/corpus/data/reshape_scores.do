* source: typical clean-up of a questionnaire, totals by hand
* covers: rename, label, recode, egen, generate, alpha, order
clear
input str3 ID Q1 Q2 Q3
"p1" 1 5 2
"p2" 2 4 3
"p3" 5 1 9
"p4" 4 2 4
end
rename *, lower
foreach v of varlist q1-q3 {
    replace `v' = . if `v' == 9
    label variable `v' "Item `=substr("`v'", 2, 1)'"
}
generate q2r = 6 - q2
egen score = rowmean(q1 q2r q3)
egen missing = rowmiss(q1 q2r q3)
order id score
list, noobs
assert reldif(score, 4/3) < 1e-6 in 1
assert score == 5 in 3
label define level 1 "low" 2 "high"
generate level:level = 1 + (score > 2.5)
tabulate level
describe q1 score
quietly alpha q1 q2r
assert r(alpha) > .9
