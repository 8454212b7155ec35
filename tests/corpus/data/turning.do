* source: FORMAT-data 6, 7 and 11 (semantics of stack, xpose, tsfill, char, label copy and save); values by hand
* covers: stack, xpose, tsfill, char, char define, char list, label copy, label save
set obs 3
generate a = _n
generate b = 10*_n
generate c = 100*_n
generate byte d = 5
label define yn 0 "no" 1 "yes, `it' is"
label copy yn again
capture noisily label copy yn again
label copy yn again, replace
label list again
label save yn using labels
capture noisily label save using labels
label save using labels, replace
char a[unit] kilograms per year
char define _dta[origin] "by hand"
char list
char list a[unit]
char a[unit]
char
capture noisily char a
capture noisily char nothere[x] y
capture noisily stack a b c d, into(x y)
stack a b c d, into(x y) clear
list
stack x y, group(2) clear
list
capture noisily stack x, into(p q) clear
* wide keeps y beside x, each missing outside its own block
generate z = 10*x
generate y = 100*x
stack x z x y, into(x both) wide clear
list in 12/13
drop _all
set obs 2
generate x = _n
generate str1 s = "q"
generate double z = 0.1
capture noisily xpose
xpose, clear varname promote
list
describe, fullnames
drop _all
set obs 2
generate x = _n/3
generate z = 10*_n
format x %12.3f
preserve
xpose, clear format
list
restore
xpose, clear format(%6.2f)
list
drop _all
set obs 5
generate id = cond(_n <= 3, 1, 2)
generate t = cond(_n == 1, 1, cond(_n == 2, 2, cond(_n == 3, 5, cond(_n == 4, 3, 4))))
generate y = _n
capture noisily tsfill
xtset id t
tsfill
list, sepby(id)
tsfill, full
list, sepby(id)
