* source: FORMAT-data 12 (options, messages); values by hand
* covers: import excel, export excel
set obs 3
generate id = _n
generate double x = _n/3 if _n != 2
replace x = .a in 2
generate str9 name = "pig é " + string(_n)
generate d = 17000 + _n
format d %td
generate double t = 1.5e12 + 1000*_n
format t %tc
generate byte sex = mod(_n, 2)
label define sex 0 "male" 1 "female"
label values sex sex
label variable x "weight in kg"
export excel using pigs, firstrow(variables)
capture noisily export excel using pigs.xlsx
export excel id x using pigs.xlsx, sheet("Two", modify) firstrow(varlabels) nolabel cell(B2)
export excel id using pigs.xlsx if id > 1, sheetmodify sheet(Two) cell(B3)
capture noisily export excel id using pigs.xlsx, sheet("Two")
export excel id d using pigs.xlsx, sheet("Two", replace) datestring("%tdCCYY-NN-DD") missing("NA")
export excel id x using pigs.xlsx in 2, sheet(Two) sheetreplace missing("NA")
import excel using pigs.xlsx, describe
return list
clear
import excel pigs, firstrow
describe
list
import excel pigs.xlsx, sheet("Two") clear
list
import excel a b using pigs.xlsx, cellrange(A2:C3) allstring clear
list
import excel using pigs.xlsx, cellrange(B1) first case(upper) clear
describe, simple
capture noisily import excel using pigs.xlsx, sheet(Three) clear
capture noisily import excel using pigs.xlsx, cellrange(12) clear
capture noisily import excel using nosuch, clear
capture noisily export excel using pigs.xls, replace
capture noisily export excel using pigs.xlsx, replace sheet(a, b)
export excel using new, replace
count
