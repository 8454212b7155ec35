* source: LANGUAGE 14 (messages and return codes of files)
* covers: save, use, clear, describe, capture
set obs 3
generate x = _n
label variable x "Numbers"
save one
capture noisily save one
display _rc
save one, replace
replace x = 9 in 1
capture noisily use one
display _rc
use one, clear
list, noobs
use x in 2 using one, clear
list, noobs
use if x > 1 using one, clear
count
capture noisily use nosuch
display _rc
clear
capture noisily describe x
display _rc
capture noisily use y using one
display _rc
