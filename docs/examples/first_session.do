* Reaction times of 18 people over ten days of sleep deprivation
sysuse sleepstudy
describe
summarize reaction days

* Each person has a level of their own ...
xtmixed reaction days || subject:, nolog
estimates store intercept

* ... and a slope of their own
xtmixed reaction days || subject: days, covariance(unstructured) nolog
estimates store slope

lrtest slope intercept
estimates stats intercept slope
