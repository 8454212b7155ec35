* source: sums and products by hand
* covers: matrix, forvalues, svmat, mkmat, scalar
matrix M = J(3, 3, 0)
forvalues i = 1/3 {
    forvalues j = 1/3 {
        matrix M[`i', `j'] = `i'*`j'
    }
}
matrix list M
assert trace(M) == 14 & det(M) == 0
matrix rowsum = M*J(3, 1, 1)
matrix colsum = J(1, 3, 1)*M
assert rowsum[3,1] == 18 & colsum[1,2] == 12
scalar total = 0
forvalues i = 1/`=rowsof(M)' {
    scalar total = total + rowsum[`i', 1]
}
display total
svmat M, names(m)
list m1-m3, noobs clean
mkmat m1 m2, matrix(N)
matrix part = M[1..3, 1..2]
assert mreldif(N, part) == 0
matrix S = M[2, 1...]
matrix list S
matrix T = M[1..2, 2..3]
matrix list T
local names
forvalues i = 1/3 {
    local names `names' row`i'
}
matrix rownames M = `names'
matrix list M, nohalf noheader
