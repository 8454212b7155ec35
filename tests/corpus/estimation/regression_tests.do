* source: FORMAT-estimation 4.2; figures against closed forms in test_regression_tests
* covers: estat hettest, estat ovtest, estat imtest, estat vif, vif
* digits: 6
sysuse hsb82
keep in 1/120
regress mathach ses minority
estat hettest
return list
estat hettest ses
estat hettest, rhs iid
estat hettest, fstat
estat ovtest
return list
estat ovtest, rhs
estat imtest, white
return list
estat vif
return list
vif, uncentered
estat ic
estat vce
estat summarize
quietly regress mathach ses i.school i.minority
estat vif
estat imtest, preserve
quietly regress mathach ses, vce(robust)
capture noisily estat imtest
quietly regress mathach ses, noconstant
capture noisily estat imtest
