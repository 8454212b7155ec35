* source: derivatives by hand: the delta method for a ratio and a product, asserted in the file
* covers: nlcom, lincom, test, testnl, regress
* digits: 6
set obs 10
generate double x = _n
generate double z = mod(3*_n, 7)
generate double y = 1 + x - z/2 + mod(_n, 3)
quietly regress y x z
matrix V = e(V)
matrix b = e(b)
scalar g1 = 1/b[1,2]
scalar g2 = -b[1,1]/b[1,2]^2
scalar se = sqrt(g1^2*V[1,1] + 2*g1*g2*V[1,2] + g2^2*V[2,2])
quietly nlcom ratio: _b[x]/_b[z]
matrix r = r(V)
matrix e = r(b)
assert reldif(e[1,1], b[1,1]/b[1,2]) < 1e-12
assert reldif(sqrt(r[1,1]), se) < 1e-6
quietly lincom x - z
assert reldif(r(estimate), b[1,1] - b[1,2]) < 1e-12
assert reldif(r(se), sqrt(V[1,1] - 2*V[1,2] + V[2,2])) < 1e-10
quietly test x = z
scalar F = r(F)
quietly lincom x - z
assert reldif(F, (r(estimate)/r(se))^2) < 1e-10
quietly test x z
assert reldif(r(F), e(F)) < 1e-10
display "delta method agrees"
