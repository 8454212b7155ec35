* source: FORMAT-data 4 (table, notes, order of rows); values by hand
* covers: reshape, reshape long, reshape wide, reshape clear, reshape query, reshape i, reshape j, reshape xij, reshape xi
set obs 3
generate id = 4 - _n
generate sex = mod(_n, 2)
generate byte inc80 = _n*10
generate inc81 = _n*20.5
generate int inc82 = _n*30
generate inc83 = 7
generate ue80 = 0
generate ue82 = 1
label variable ue80 "80 unemployed"
label variable ue82 "82 unemployed"
reshape long inc ue, i(id) j(year)
list, sepby(id)
describe
reshape wide
describe, fullnames
list id inc* ue*
reshape long
reshape clear
capture noisily reshape wide
capture noisily reshape wide inc, i(id) j(year)
drop ue
reshape wide inc, i(id) j(year 80-81)
capture noisily reshape long nothere, i(id) j(year)
rename inc80 b_in
rename inc81 c_in
reshape long @_in, i(id) j(which) string
list
replace which = "b" in 2
capture noisily reshape wide @_in, i(id) j(which)
capture noisily reshape wide @_in, i(id) j(which, string)
capture noisily reshape long _in, i(sex) j(q) string
capture noisily reshape long _in
* definitions one by one; with xi() what is not named there goes: other
clear
set obs 2
generate id = _n
generate sex = 2 - _n
generate other = 5
generate inc80 = 10*_n
generate inc81 = 20*_n
generate inc82 = 30*_n
reshape
capture noisily reshape long
capture noisily reshape i
reshape i id
reshape j year 80-81
reshape query
capture noisily reshape long
reshape xij inc
reshape xi sex
reshape
reshape long
list
reshape wide
list
reshape xi
reshape j year
reshape
reshape clear
char list
