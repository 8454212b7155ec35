* source: identities between anova, oneway, regress and ttest, asserted in the file
* covers: anova, oneway, regress, ttest, testparm
set obs 12
generate g = 1 + mod(_n, 3)
generate double y = g^2 + mod(5*_n, 7)
quietly anova y g
scalar F = e(F)
quietly regress y i.g
assert reldif(F, e(F)) < 1e-12
quietly testparm i.g
assert reldif(F, r(F)) < 1e-12
quietly oneway y g
assert reldif(F, r(F)) < 1e-12
keep if g < 3
quietly ttest y, by(g)
scalar t = r(t)
assert r(df_t) == 6
quietly regress y i.g
assert reldif(t^2, e(F)) < 1e-12
display "F and t agree"
