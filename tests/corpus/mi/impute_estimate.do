* source: FORMAT-estimation 6.6 for the header; other layouts from memory (docs/quirks.md); figures: R in tests/commands/mi
* covers: mi impute, mi estimate, mi test, mi testtransform, xtmixed, regress, logit, mean
* digits: 5
set seed 20111
sysuse hsb82
keep if school < 2000
* Values are missing at random: more often where mathematics achievement is low.
generate double chance = invlogit(-1 - mathach/20)
replace ses = . if runiform() < chance
replace minority = . if runiform() < chance
drop cses
mi set mlong
mi register imputed ses minority
mi register regular mathach female school
* One variable at a time
mi impute regress ses mathach female, add(2) rseed(1)
mi impute pmm ses mathach female, replace knn(5)
capture noisily mi impute logit minority mathach female i.school, replace
mi impute logit minority mathach female i.school, replace augment
mi set M = 0
* Both, each given the other
mi impute chained (regress) ses (logit) minority = mathach female, add(10) rseed(29390)
return list
* Complete cases, and all imputations together
regress mathach ses female minority if _mi_m == 0
mi estimate: regress mathach ses female minority
mi estimate, vartable nocitable noheader
mi estimate, dftable noheader
mi test ses minority
mi test ses minority, ufmitest
mi estimate, or dots: logit minority ses female
mi estimate: mean ses
* A mixed model: variance components are pooled in the estimation metric
mi estimate: xtmixed mathach ses female || school:
mi estimate, variance noheader nofetable
mi estimate, estmetric noheader
* Functions of coefficients, estimates in a file, other imputations
mi estimate (gap: _b[minority]/_b[ses]) (sum: _b[minority] + _b[ses]), saving(runs): regress mathach ses minority
mi testtransform gap sum
mi estimate using runs, nimputations(5) noheader
mi estimate using runs (half: _b[ses]/2), notrcoef
mi predict fitted using runs
summarize fitted if _mi_m == 0
* Posted estimates are those of the command
mi estimate, post: regress mathach ses minority
lincom ses - minority
* In groups, from a multivariate normal distribution, and what is refused
mi impute mvn ses = mathach female, replace by(female) burnin(20) burnbetween(10)
capture noisily mi impute regress ses minority, replace
capture noisily mi impute intreg ses, replace
capture noisily mi estimate: regress mathach ses if ses > 0
capture noisily mi estimate, mcerror: regress mathach ses
capture noisily mi predictnl p = _b[ses]
