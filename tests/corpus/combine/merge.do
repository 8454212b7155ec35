* source: FORMAT-data 5 (table, promotions, labels, results, old syntax, errors); counts by hand
* covers: merge 1:1, merge m:1, merge 1:m, merge update, merge old syntax
set obs 4
generate byte id = _n
generate x = id*10
label define yn 0 "no"
note: of the master
save a, orphans
drop _all
set obs 4
generate int id = _n + 2
replace id = 200 in 4
generate y = id*100
generate x = 7
label define yn 1 "yes", replace
label variable y "from b"
note y: noted
save b, orphans
use a, clear
merge 1:1 id using b
list
notes
tabulate _merge
use a, clear
replace x = . in 3
merge 1:1 id using b, update nogenerate
list
use a, clear
merge 1:1 id using b, update replace noreport nolabel nonotes
list id x _merge, nolabel
use a, clear
merge 1:m id using b, keep(match) keepusing(y) generate(found)
describe found y
capture noisily merge m:1 id using b, keep(1 3) assert(match master)
capture noisily merge m:1 id using b
drop _merge
append using b a, generate(src) keep(id)
list id y src
capture noisily merge 1:1 id using b
capture noisily merge 1:1 id src using b
use a, clear
capture noisily merge 1:1 id using b, assert(match) sorted
count
use a, clear
merge 1:1 _n using b, nogen force
capture noisily merge id using b
sort id
save a, replace orphans
use b, clear
sort id
save b, replace orphans
use a, clear
merge id using b, unique
list
use a, clear
merge id using b, uniqmaster uniqusing nokeep _merge(m)
count
generate str3 z = "a"
rename x w
rename z x
capture noisily merge m:m id using b
capture noisily append using b, nolabel nonotes
append using b, force
capture noisily merge 1:1 id using nothere
capture noisily merge 1:1 id
capture noisily merge m:1 nothere using b
