* source: FORMAT-estimation 6.2; standard error of a mean in closed form, HC3 by its identity
* covers: jackknife
* digits: 6
sysuse sleepstudy
jackknife, nodots mse: regress reaction days
matrix V = e(V)
regress reaction days, vce(hc3)
matrix H = e(V)
display abs(V[1,1] / H[1,1] - (e(N) - 1) / e(N)) < 1e-12
jackknife r(mean), rclass: summarize reaction
quietly summarize reaction
display _se[_jk_1] - r(sd)/sqrt(r(N))
jackknife, level(90) notable
jackknife, cluster(subject) idcluster(s) title(By subject): xtmixed reaction days || s:
jackknife m=r(mean), n(r(N)) keep nodots nolegend noheader: summarize reaction
summarize m
drop m
keep in 1/20
jackknife _b _se, eclass nodots nodrop reject(_b[days] > 16): regress reaction days
capture noisily jackknife, eclass rclass: regress reaction days
capture noisily jackknife r(mean): summarize reaction in 1/10
