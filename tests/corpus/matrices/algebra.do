* source: identities asserted in the file
* covers: matrix, matrix define, matrix list, matrix svd, matrix symeigen, matrix eigenvalues
matrix A = (4, 1, .5 \ 1, 3, -.25 \ .5, -.25, 2)
matrix L = cholesky(A)
matrix product = L*L'
assert mreldif(product, A) < 1e-14
matrix unit = I(3)
matrix product = inv(A)*A
assert mreldif(product, unit) < 1e-14
matrix symeigen X v = A
matrix product = X*diag(v)*X'
assert mreldif(product, A) < 1e-13
assert reldif(trace(A), v[1,1] + v[1,2] + v[1,3]) < 1e-14
assert reldif(det(A), v[1,1]*v[1,2]*v[1,3]) < 1e-13
matrix svd U w V = A
matrix product = U*diag(w)*V'
assert mreldif(product, A) < 1e-13
matrix drop product unit
matrix B = A # I(2)
display rowsof(B) " " colsof(B)
matrix C = A[2..3, 1] , A[2..3, 3]
matrix list C
matrix D = vec(C)
display rowsof(D)
matrix D = vecdiag(A)
matrix list D
matrix A[1,1] = 9
display A[1,1] " " el(A, 1, 2) " " A["r1", "c3"]
matrix J = J(2, 3, 7) \ (1, 2, 3)
matrix list J, format(%4.1f) noheader
matrix list A, nohalf
matrix E = (1, 2 \ 3, 4) - (0, 1 \ 1, 0)
matrix list E
capture noisily matrix F = A * E
display _rc
capture noisily matrix list nosuch
display _rc
matrix rename E F
matrix drop F
capture noisily matrix list E
