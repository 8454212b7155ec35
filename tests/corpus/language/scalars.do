* source: LANGUAGE 8.1 (layout of scalar list [S], order, messages)
* covers: scalar, scalar list, scalar drop, display
scalar popmean = 499.87537
scalar sampsemfpc = .67637047
scalar list popmean sampsemfpc
scalar define word = "text"
display word " " scalar(popmean)
set obs 2
generate popmean = _n
display popmean " " scalar(popmean)
scalar x = 1/3
scalar y = x + scalar(popmean)
assert reldif(y, 500.20870333) < 1e-9
scalar drop x
capture noisily display scalar(x)
capture noisily scalar list x
display _rc
scalar dir
scalar drop _all
scalar list
