* source: FORMAT-estimation 6.1; draws are ours, so figures are what our streams give
* covers: bootstrap, estat bootstrap, xtmixed
* digits: 6
sysuse sleepstudy
bootstrap, reps(60) seed(1) bca: regress reaction days
estat bootstrap, all
estat bootstrap, bca percentile normal nolegend noheader
bootstrap, level(90) noheader
regress
test days
bootstrap r(mean) sd=r(sd) cv=(r(sd)/r(mean)), reps(30) nodots seed(2): summarize reaction
estat bootstrap, bc
bootstrap r(mean), reps(30) seed(2) nowarn mse size(5) strata(subject) title(Means) nolegend: summarize reaction
bootstrap sd=exp(_b[lns1_1_1:_cons]), reps(20) seed(3) dots(5) cluster(subject) idcluster(s): xtmixed reaction days || s:
bootstrap, reps(20) seed(3) cluster(subject) idcluster(s): xtmixed reaction days || s: days, cov(un)
xtmixed, variance
estat bootstrap
capture program drop quotient
program quotient, rclass
  quietly summarize reaction
  if r(mean) > 300 {
    error 498
  }
  return scalar m = r(mean)
end
bootstrap m=r(m), reps(55) seed(4) nowarn notable: quotient
bootstrap m=r(m), reps(20) seed(4) nowarn reject(r(m) < 297) force nodrop: quotient
capture noisily bootstrap, reps(5): summarize reaction
capture noisily bootstrap r(mean), idcluster(s): summarize reaction
capture noisily bootstrap r(nothing): summarize reaction
capture noisily bootstrap r(mean), size(500): summarize reaction
capture noisily bootstrap: by subject: summarize reaction
capture noisily bootstrap r(mean)
describe
