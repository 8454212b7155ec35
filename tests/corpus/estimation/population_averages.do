* source: layout recalled from [XT] xtgee (no print at hand); figures: geepack and dense equations in conformance
* covers: xtgee, xtreg, estat wcorrelation
* digits: 6
sysuse orthodont
xtset subject age, delta(2)
generate d = distance > 24
xtreg distance age female, pa
xtreg distance age female, pa corr(ar 1) vce(robust)
estat wcorrelation
xtgee distance age female, corr(unstructured) nmp nolog
estat wcorrelation, compact
xtgee distance age i.female, corr(independent) nolog
xtgee d age female, family(binomial) corr(exchangeable) vce(robust) eform
predict p
test age female
margins, dydx(age)
