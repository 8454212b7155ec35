* source: FORMAT-estimation 6.4; exact limits by Clopper and Pearson
* covers: permute
* digits: 6
sysuse sleepstudy
generate byte late = days > 4
permute late r(t), reps(120) seed(3): ttest reaction, by(late)
keep in 1/10
permute late d=(r(mu_1)-r(mu_2)), reps(60) seed(3) left nodots noheader level(90): ttest reaction, by(late)
return list
permute late d=(r(mu_1)-r(mu_2)), enumerate right eps(1e-9) nodots title(All) nolegend: ttest reaction, by(late)
permute days _b[days], reps(50) seed(1) strata(late) force nodrop nowarn reject(_b[days] > 30): regress reaction days
capture noisily permute days r(mean), enumerate: summarize reaction
capture noisily permute late r(t), left right: ttest reaction, by(late)
