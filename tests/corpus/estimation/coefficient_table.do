* source: [R] regress, [R] logistic, [XT] xtmixed (saved results r(table) and r(level)); rows are the figures of the tables above
* covers: regress, logistic, poisson, ologit, xtmixed, mean, ereturn display, bootstrap
set obs 60
generate x = mod(_n, 7)
generate g = mod(_n, 3)
generate id = ceil(_n / 6)
generate y = x + g + mod(_n * 5, 11)
generate byte d = mod(_n * 7, 5) > x / 3
regress y x i.g
return list
matrix list r(table)
matrix t = r(table)
display t["b", "x"] - 1.96 * t["se", "x"] < t["ll", "x"] + .01
logistic d x
matrix list r(table)
logistic, coef level(90)
matrix list r(table)
ologit g x, nolog or
matrix list r(table)
xtmixed y x || id:, nolog
matrix list r(table)
mean y
matrix list r(table)
regress y x
program posting, eclass
    matrix b = (1, 2)
    matrix V = (4, 0 \ 0, 9)
    matrix colnames b = one two
    matrix colnames V = one two
    matrix rownames V = one two
    ereturn post b V
    ereturn display
end
posting
matrix list r(table)
display _N
return list
quietly regress y x
display r(table)[1, 1] " " e(b)[1, 2] " " r(table)["se", "x"]
scalar p = r(table)[4, 1]
assert reldif(p, 2 * ttail(e(df_r), abs(_b[x] / _se[x]))) < 1e-12
generate z = e(b)[1, 1] * x if e(V)[1, 1] > 0
assert abs(z[2] - _b[x] * x[2]) < 1e-6
matrix A = r(table)[1..2, 1]
matrix list A
capture noisily display r(table)[1]
capture noisily display ln(2)[1, 1]
capture noisily display r(nosuch)[1, 1]
display r(table)[99, 1]
