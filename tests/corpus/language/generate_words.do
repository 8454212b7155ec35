* source: LANGUAGE 12 (what generate and replace say of slips) and 15.10
* covers: generate, replace, capture
set obs 3
generate x = _n
capture noisily generate = 1
display _rc
capture noisily generate var z
display _rc
capture noisily generate var == z
display _rc
capture noisily generate y
display _rc
capture noisily generate x = 2
display _rc
capture noisily generate 1x = 2
display _rc
capture noisily replace nosuch = 1
display _rc
capture noisily list if x = 2
display _rc
capture noisily list in 9
display _rc
capture noisily generate s = "a" * 2
display _rc
capture noisily display "a
display _rc
describe, simple
