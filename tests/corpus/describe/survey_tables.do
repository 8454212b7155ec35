* source: [SVY] svy: tabulate (layout from memory); errors are those of svy: proportion and svy: mean, F of simple samples is chi2 (n - 1) / n / df
* covers: svy, tabulate
set obs 120
generate strat = 1 + (_n > 60)
generate psu = 1 + int((_n - 1) / 8)
generate pw = 50 + mod(_n * 37, 100)
generate byte sex = 1 + mod(_n * 5, 7) > 3
generate byte smoker = mod(_n * 11 + psu, 13) < 4 + sex
generate byte educ = 1 + mod(_n * 17 + 3 * psu, 19) / 7
label define sex 0 "Male" 1 "Female"
label values sex sex
label define ed 1 "Primary" 2 "Secondary school" 3 "Tertiary"
label values educ ed
label variable educ "Highest level of education"
capture noisily svy: tabulate sex
svyset psu [pweight=pw], strata(strat)
svy: tab sex smoker
ereturn list
svy: tab educ smoker, row se ci
svy: proportion smoker, over(educ)
svy: tabulate sex educ, column percent format(%5.1f) lr pearson
svy: tab educ
svy: tab educ, count se format(%9.2f) obs
generate byte primary = educ == 1
svy: total primary
svy, subpop(if sex == 1): tab educ smoker, row ci level(90)
matrix list e(Obs)
svy: tab sex smoker if educ > 1, cell nomarginals notest nolabel stubwidth(6) proportion
replace smoker = . in 1/20
svy: tab smoker, missing
capture noisily svy: tab sex smoker educ
capture noisily svy: tab sex smoker, deff
capture noisily svy: tab sex smoker, row column
capture noisily svy: tabulate
svyset, clear
svyset _n
svy: tab educ smoker
tabulate educ smoker, chi2
display r(chi2) / 2 * (r(N) - 1) / r(N)
display e(F_Pear)
