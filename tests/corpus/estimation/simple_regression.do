* source: closed forms of simple regression, asserted in the file
* covers: regress, test, lincom, predict
* digits: 6
set obs 8
generate double x = _n
generate double y = 3 + 2*x + (-1)^_n
quietly summarize x
scalar mx = r(mean)
quietly summarize y
scalar my = r(mean)
generate double xy = (x - mx)*(y - my)
generate double xx = (x - mx)^2
quietly summarize xy
scalar sxy = r(sum)
quietly summarize xx
scalar sxx = r(sum)
regress y x
assert reldif(_b[x], sxy/sxx) < 1e-12
assert reldif(_b[_cons], my - sxy/sxx*mx) < 1e-12
predict double e, residuals
generate double ee = e^2
quietly summarize ee
assert reldif(e(rss), r(sum)) < 1e-12
assert reldif(_se[x], sqrt(r(sum)/6/sxx)) < 1e-12
quietly summarize e
assert abs(r(sum)) < 1e-12
test x
assert reldif(r(F), (_b[x]/_se[x])^2) < 1e-12
assert reldif(r(F), e(F)) < 1e-12
lincom _cons + 2*x
display %9.6f r(estimate)
assert reldif(e(r2), 1 - e(rss)/(e(rss) + e(mss))) < 1e-14
