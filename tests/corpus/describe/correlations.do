* source: correlations of linear functions are 1 and -1; others asserted from sums
* covers: correlate, pwcorr, spearman, tabstat
* digits: 6
set obs 6
generate double x = _n
generate double y = 3 - 2*x
generate double z = mod(_n, 2)
correlate x y z
matrix R = r(C)
assert reldif(R[2,1], -1) < 1e-12
quietly correlate x z, covariance
matrix C = r(C)
assert reldif(C[1,1], 3.5) < 1e-12
assert reldif(C[2,2], .3) < 1e-12
assert reldif(C[2,1], -.3) < 1e-12
quietly correlate x z
assert reldif(r(rho), -.3/sqrt(3.5*.3)) < 1e-12
pwcorr x y, obs
quietly spearman x y
assert reldif(r(rho), -1) < 1e-12
replace z = . in 1
quietly pwcorr x z
tabstat x y z, statistics(count mean min max) columns(statistics)
