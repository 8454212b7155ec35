* source: LANGUAGE 12, types and promotions by hand
* covers: generate, replace, recast, compress, format
set obs 3
generate byte b = 100
replace b = 101 in 1
generate int i = 32740
replace i = 1.5 in 2
generate long l = 2147483620
generate float f = .1
generate double d = .1
display f == .1 " " d == .1 " " f == float(.1)
generate str s = "abc"
replace s = "longer text" in 3
describe
compress
describe, simple
recast int b, force
format d %12.8f
list, noobs
capture noisily generate byte big = 1000
list big, noobs clean
capture noisily replace s = 1
