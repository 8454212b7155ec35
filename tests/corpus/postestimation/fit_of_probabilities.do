* source: formulas of the published entries of logistic and poisson postestimation; layouts are choices of docs/quirks.md
* covers: estat gof, estat classification, lroc, predict
* digits: 6
sysuse scotssec, clear
keep in 1/600
generate byte high = attain >= 6
logit high verbal female, nolog
estat gof
estat gof, group(10) table
estat classification
lroc, nograph
predict double r, residuals
predict double h, hat
predict double d, deviance
summarize r h d
poisson attain verbal, nolog
estat gof
predict p5, pr(1, 5)
summarize p5
sysuse orthodont, clear
anova distance female##age
test female#age
test female / female#age
quietly xtmixed distance age || subject: age, covariance(unstructured)
estat wcorrelation
estat sd, post
lincom _b[subject:sd_age]
