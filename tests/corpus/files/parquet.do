* source: FORMAT-data 12 (messages of import delimited and save); values by hand
* covers: import parquet, export parquet, use
set obs 3
generate id = _n
generate double x = _n/3
replace x = .z in 2
generate str9 name = "pig é"
generate d = 17000 + _n
format d %td
label define sex 0 "male" 1 "female"
generate byte sex = mod(_n, 2)
label values sex sex
label data "Pigs"
note: noted
export parquet pigs
capture noisily export parquet pigs
export parquet id sex using few in 1/2, replace
use pigs.parquet, clear
describe
notes
list
use id x if id > 1 using pigs.parquet, clear nolabel
list
import parquet pigs, clear
import parquet id sex in 2/3 using pigs, clear
list
append using few.parquet
list
capture noisily save few.parquet, replace
capture noisily import parquet nosuch, clear
capture noisily use nosuch.parquet, clear
count
