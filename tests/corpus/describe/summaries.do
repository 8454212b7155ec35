* source: moments of 1..10 in closed form
* covers: summarize, return list, tabstat, centile, count
set obs 10
generate x = _n
summarize x
return list
assert reldif(r(Var), 55/6) < 1e-15
summarize x, detail
assert r(p50) == 5.5 & r(skewness) == 0
summarize x if x > 5 in 1/8, meanonly
display r(mean) " " r(N) " " r(sum)
generate g = x > 5
tabstat x, by(g) statistics(mean sd n)
count if x > 3
display r(N)
generate w = 2
summarize x [fw=w]
capture noisily summarize nosuch
capture noisily summarize x, nosuch
