* source: identities of margins with the model's own coefficients, asserted in the file
* covers: margins, regress, predict, contrast
set obs 12
generate g = 1 + mod(_n, 3)
generate double x = mod(5*_n, 8)
generate double y = 2*g + x + mod(_n, 2)
quietly regress y i.g x
quietly summarize x
scalar m = r(mean)
quietly margins g
matrix b = r(b)
assert reldif(b[1,1], _b[_cons] + _b[x]*m) < 1e-10
assert reldif(b[1,3], _b[_cons] + _b[3.g] + _b[x]*m) < 1e-10
quietly margins, dydx(x)
matrix d = r(b)
assert reldif(d[1,1], _b[x]) < 1e-10
quietly margins, at(x = 4) over(g)
quietly margins
matrix a = r(b)
predict double p
quietly summarize p
assert reldif(a[1,1], r(mean)) < 1e-10
display "margins agree"
