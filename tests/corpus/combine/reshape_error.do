* source: FORMAT-data.md 4 (errors, reshape error) and 5 (joinby, isid), values by hand: id 2 has year 80 twice; 1 + 2 draws make 3
* covers: reshape error, reshape wide, joinby, isid, bsample, notes search, char rename
clear
input id year inc sex
1 80 5 0
1 81 6 0
2 80 7 1
2 80 8 1
2 81 9 1
end
capture noisily reshape error
capture noisily reshape wide inc, i(id) j(year)
reshape error
drop in 3
replace sex = 3 in 4
capture noisily reshape wide inc, i(id) j(year)
reshape error
replace sex = 1 in 4
reshape error
reshape wide inc, i(id) j(year)
reshape error
expand 2 in 1
reshape error
clear
set obs 3
gen id=_n
gen x=cond(_n==2,.,_n)
gen y=_n
quietly save mm, replace
isid id using mm
capture noisily isid x using mm
replace x=10 if id!=2
replace x=5 if id==2
replace x=. if id==1
joinby id using mm, update
list
use mm, clear
replace x=7
joinby id using mm, update replace
list
gen w=.
set seed 3
bsample, weight(w)
assert inlist(w, 0, 1, 2, 3)
egen tw = total(w)
list
note x: some text here
note: hello there
notes search text
char x[a] b
char rename x y
char list
capture noisily char rename y id, replace
char list
