* source: closed forms of means, proportions and totals, asserted in the file
* covers: mean, proportion, total, ci, ttest
set obs 9
generate double x = _n^2
generate byte d = _n > 6
quietly summarize x
scalar m = r(mean)
scalar s = r(sd)
quietly mean x
assert reldif(_b[x], m) < 1e-14 & reldif(_se[x], s/3) < 1e-12
quietly total x
assert _b[x] == 285
assert reldif(_se[x], 9*s/3) < 1e-12
quietly proportion d
matrix b = e(b)
assert reldif(b[1,2], 1/3) < 1e-14
quietly ci x
assert reldif(r(ub), m + invttail(8, .025)*s/3) < 1e-10
quietly ttest x == 20
assert reldif(r(t), (m - 20)/(s/3)) < 1e-12
display m
