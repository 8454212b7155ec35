* source: identities between areg, xtreg, fe, dummies and demeaned data, asserted in the file
* covers: areg, xtreg, regress, xtset, egen
set obs 15
generate id = ceil(_n/3)
generate t = 1 + mod(_n - 1, 3)
generate double x = mod(7*_n, 11)
generate double y = 3*id + 1.5*x + mod(_n, 4)
quietly regress y x i.id
scalar b = _b[x]
scalar se = _se[x]
quietly areg y x, absorb(id)
assert reldif(_b[x], b) < 1e-10 & reldif(_se[x], se) < 1e-10
xtset id t
quietly xtreg y x, fe
assert reldif(_b[x], b) < 1e-10 & reldif(_se[x], se) < 1e-10
assert e(N_g) == 5
foreach v in x y {
    egen double m = mean(`v'), by(id)
    generate double d`v' = `v' - m
    drop m
}
quietly regress dy dx, noconstant
assert reldif(_b[dx], b) < 1e-10
display "four ways, one slope"
