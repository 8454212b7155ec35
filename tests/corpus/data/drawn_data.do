* source: by definition: data of corr2data have the means, standard deviations and correlations asked for exactly; draws of
* source: drawnorm vary about them (10,000 draws: four standard errors of the mean are .04)
* covers: corr2data, drawnorm, correlate, saveold, assert
clear
matrix C = (1, .5, .2 \ .5, 1, -.3 \ .2, -.3, 1)
matrix m = (10, 0, -1)
matrix s = (2, 1, .5)
corr2data a b c, n(50) means(m) sds(s) corr(C) double
correlate a b c
summarize a c
drawnorm d e, seed(12)
describe, short
capture noisily drawnorm d
display _rc
clear
drawnorm x y, n(10000) cov(4, 1 \ 1, 9) seed(7)
summarize x
assert abs(r(mean)) < .08 & abs(r(sd) - 2) < .06
correlate x y
assert abs(r(rho) - 1/6) < .04
capture noisily drawnorm z, n(5) corr(1, 2 \ 2, 1) clear
display _rc
keep in 1/3
saveold three
capture noisily saveold three
display _rc
saveold three, replace
use three, clear
count
