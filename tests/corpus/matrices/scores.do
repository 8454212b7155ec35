* source: identities asserted in the file: scores are the linear prediction
* covers: matrix score, matrix glsaccum, matrix opaccum, regress, predict
* digits: 7
set obs 12
generate g = ceil(_n/4)
generate t = mod(_n-1, 4) + 1
generate double x = _n^2/10
generate double y = 1 + 2*x + mod(_n, 3)
quietly regress y x i.g
matrix b = e(b)
matrix score double s = b
predict double p
assert reldif(s, p) < 1e-12
matrix W = I(4)
matrix glsaccum A = y x, group(g) glsmat(W) row(t)
matrix accum B = y x
assert mreldif(A, B) < 1e-14
generate double one = 1
matrix opaccum C = one, group(g) opvar(one) noconstant
matrix list C
* three groups of four: 3 * 4^2
assert C[1,1] == 48
matrix c = (2, 3)
matrix colnames c = x _cons
matrix score z = c if t == 1
count if z < .
assert reldif(z, 2*x + 3) < 1e-6 if t == 1
capture noisily matrix score z = c
display _rc
