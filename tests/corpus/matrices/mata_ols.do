* source: regress with the same data: coefficients, conventional and robust standard errors agree to 1e-10
* covers: mata functions, mata st_view st_matrix
* digits: 8
set obs 200
set seed 31
generate double x1 = rnormal()
generate double x2 = runiform() + .5 * x1
generate double y = 1 + 2 * x1 - x2 + rnormal() * (1 + .5 * abs(x1))
mata:
void ols(string scalar yname, string scalar xnames)
{
    real matrix X, XXinv, V, R
    real colvector y, b, e
    real scalar n, k

    st_view(y=., ., yname)
    st_view(X=., ., tokens(xnames))
    n = rows(X)
    X = X, J(n, 1, 1)
    k = cols(X)
    XXinv = invsym(cross(X, X))
    b = XXinv*cross(X, y)
    e = y - X*b
    V = (e'e/(n - k))*XXinv
    R = n/(n - k)*XXinv*cross(X, e:^2, X)*XXinv
    st_matrix("b", b')
    st_matrix("V", V)
    st_matrix("R", R)
    st_numscalar("rmse", sqrt(e'e/(n - k)))
}
ols("y", "x1 x2")
end
quietly regress y x1 x2
mata
b = st_matrix("b")
mreldif(b, st_matrix("e(b)")) < 1e-10
mreldif(st_matrix("V"), st_matrix("e(V)")) < 1e-10
reldif(st_numscalar("rmse"), st_numscalar("e(rmse)")) < 1e-10
end
quietly regress y x1 x2, vce(robust)
mata: mreldif(st_matrix("R"), st_matrix("e(V)")) < 1e-10
mata:
A = (4,1\1,3)
A
round(invsym(A), .001)
("a","bcd"\"e","f")
1..12
x = A[3,1]
end
