* source: FORMAT-data 2 (percentiles) and 6 (collapse); values worked out by hand
* covers: collapse
clear
input g x w
1  .  1
1  2  1
1  4  2
1  9  3
2  5  1
2  .  1
end
save data
collapse (first) first=x (firstnm) firstnm=x (last) last=x (lastnm) lastnm=x, by(g)
list
use data, clear
* 10 per cent of 3 numbers is the first of them, 90 per cent the last; 50 per cent the second
collapse (p10) p10=x (p50) p50=x (p90) p90=x (iqr) iqr=x (count) n=x, by(g)
assert p10 == cond(g == 1, 2, 5) & p50 == cond(g == 1, 4, 5) & p90 == cond(g == 1, 9, 5)
assert iqr == cond(g == 1, 7, 0) & n == cond(g == 1, 3, 1)
use data, clear
* variance of 2 4 9: 13; of a proportion 5 * (1 - 5) is none; Poisson: 5/3
collapse (sd) sd=x (semean) semean=x (sebinomial) binomial=x (sepoisson) poisson=x, by(g)
assert abs(sd - sqrt(13)) < 1e-6 & abs(semean - sqrt(13/3)) < 1e-6 & abs(poisson - sqrt(5/3)) < 1e-6 in 1
assert binomial == . & sd == cond(g == 1, sd, .)
use data, clear
* weights 1 2 3 of 2 4 9: sum 37 of 6; as analytic weights 3 numbers, 37/2
collapse (mean) mean=x (sum) sum=x (rawsum) raw=x (count) n=x [fw=w], by(g)
assert abs(mean - 37/6) < 1e-6 & sum == 37 & raw == 15 & n == 6 in 1
use data, clear
collapse (mean) mean=x (sum) sum=x (count) n=x [aw=w], by(g)
assert abs(mean - 37/6) < 1e-6 & abs(sum - 37/2) < 1e-6 & n == 3 in 1
use data, clear
capture noisily collapse (sd) x [pw=w]
capture noisily collapse (mean) x (sd) x
capture noisily collapse (middle) x
capture noisily collapse x if g > 2
collapse x, by(g) cw
list
