* source: FORMAT-estimation 6.1, 6.2 (layouts of the prefixes, which the option runs); other layouts are choices of docs/quirks.md
* covers: bootstrap, jackknife, permute, regress, logit, xtreg, mean, poisson
* digits: 5
sysuse orthodont, clear
generate byte girl = female == 1
xtset subject
regress distance age, vce(bootstrap, reps(20) seed(1))
logit girl distance, or vce(bootstrap, reps(20) seed(1) nodots)
xtreg distance age, fe vce(bootstrap, reps(20) seed(1) nodots)
regress distance age if girl, vce(jackknife, nodots)
mean distance, over(girl) vce(jackknife, nodots)
bootstrap, reps(20) seed(1) nodots verbose eform(Factor): poisson girl age in 1/80, nolog
permute distance _b[age], reps(20) seed(1) nodots: regress distance age in 1/40
