* source: REML in a balanced one-way layout has closed forms: between and within mean squares, asserted in the file
* covers: xtmixed, predict, lrtest, estat icc
* digits: 6
set obs 20
generate g = ceil(_n/4)
generate double y = 10*g + mod(7*_n, 5) + (g == 3)*4
egen double mean = mean(y), by(g)
generate double within = (y - mean)^2
quietly summarize within
scalar msw = r(sum)/15
quietly summarize y
generate double between = (mean - r(mean))^2
quietly summarize between
scalar msb = r(sum)/4
quietly xtmixed y || g:, reml
assert reldif(exp(2*[lnsig_e]_cons), msw) < 1e-6
assert reldif(exp(2*[lns1_1_1]_cons), (msb - msw)/4) < 1e-6
quietly summarize y
assert reldif([y]_cons, r(mean)) < 1e-10
assert reldif(_se[y:_cons], sqrt(msb/20)) < 1e-6
predict double u, reffects
generate double shrunk = (mean - r(mean))*(1 - msw/msb)
assert reldif(u, shrunk) < 1e-5
quietly estat icc
assert reldif(r(icc2), (msb - msw)/(msb + 3*msw)) < 1e-6
display "closed forms hold"
