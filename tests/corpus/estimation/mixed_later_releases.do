* source: FORMAT-estimation 7 (headers, thousands, LR line of the name mixed), 13 of the corpus (lines of scripts)
* covers: mixed, lrtest
* digits: 6
sysuse hsb82
mixed mathach ses || school:
mixed mathach ses || school: ses, covariance(unstructured) nolog
mixed, stddeviations
estimates store slopes
mixed mathach ses || school: if female, mle nolog
mixed mathach c.ses##i.female || school: c.ses, nolog noheader
quietly mixed mathach ses || school:, nolog
lrtest slopes .
mixed mathach ses || school:, cluster(school) nolog
mixed mathach ses || school: ||, robust nolog noheader
sysuse pastes, clear
mixed strength || batch: || cask:, reml nolog
capture noisily mixed strength || batch:, reml dfmethod(kroger)
capture noisily mixed strength || batch: i.cask
