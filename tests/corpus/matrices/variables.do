* source: LANGUAGE 8.3; sums of products checked with numpy in tests/expressions/test_matrices.py
* covers: matrix accum, matrix vecaccum, mkmat, svmat
sysuse sleepstudy, clear
matrix accum A = reaction days
mat l A
matrix accum R = reaction days, noconstant deviations means(m)
mat R = R/(r(N)-1)
mat R = corr(R)
mat l R
mat l m
matrix vecaccum v = reaction days
mat l v
mkmat reaction days if subject==308, matrix(M)
mat l M
svmat double M
summ M1 M2
mkmat days in 1/3, obs
mat l days
clear
mat X = (1,2\3,4)
svmat X
list
forvalues i=1/2 {
  mat X[`i',1] = `i'*10
}
mat l X
