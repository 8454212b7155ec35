* source: values by hand
* covers: order, keep, drop, sort, gsort, aorder, move, rename
clear
input b a c
2 1 9
1 2 8
3 3 7
end
order c a
describe, simple
aorder
describe, simple
gsort -b
list, noobs
sort c
keep if a < 3
drop b
list, noobs
rename (a c) (first third)
rename f* =_x
describe, simple
rename *, upper
describe, simple
capture noisily drop nosuch
capture noisily keep if
capture noisily rename FIRST_X THIRD
