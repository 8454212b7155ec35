* source: FORMAT-estimation 5.1, its messages and layouts; figures equal those before saving
* covers: estimates
sysuse sleepstudy
quietly xtmixed reaction days || subject: days, covariance(unstructured)
predict double before, fitted
estimates notes: slopes differ
estimates note: "two random effects"
estimates notes
estimates notes list in 2
estimates notes drop in 1
estimates notes
capture noisily estimates notes drop
capture noisily estimates notes list in 7
estimates title: Sleep
estimates describe
estimates save slopes
capture noisily estimates save slopes
estimates store slopes
quietly regress reaction days
estimates store linear
estimates save slopes, append
estimates describe linear
estimates use slopes
quietly estimates describe using slopes, number(2)
display r(nestresults) " " r(cmdline)
capture noisily estimates use slopes, number(3)
capture noisily estimates use nothing
estimates esample
capture noisily predict double after, fitted
estimates esample: reaction days subject
estimates esample
predict double after, fitted
assert before == after
capture noisily estimates esample: reaction if days < 5
generate byte zero = days > 1
estimates esample: reaction [fweight=zero], replace
count if e(sample)
estimates esample: reaction [fweight=zero], replace zeroweight
count if e(sample)
generate str1 letter = cond(days > 2, "a", "")
estimates esample: reaction, replace stringvars(letter)
count if e(sample)
xtmixed, noheader nofetable
estat icc
estimates for slopes linear: test days
estimates for linear, noheader: lincom days, level(90)
capture noisily estimates for slopes linear, noheader nostop: test week
capture noisily estimates for: test days
