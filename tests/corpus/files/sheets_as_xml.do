* source: the reference schema of Excel 2003 for XML spreadsheets (Number, String, DateTime); values by hand, messages as export excel's
* covers: xmlsave, xmluse
set obs 3
generate id = _n
generate double x = _n/4 if _n != 2
generate str9 name = "<pig> & " + string(_n)
generate d = 17000 + _n
format d %td
generate byte sex = mod(_n, 2)
label define sex 0 "male" 1 "female"
label values sex sex
capture noisily xmlsave pigs
display _rc
xmlsave pigs, doctype(excel)
capture noisily xmlsave pigs, doctype(excel)
display _rc
xmlsave id d using pigs.xml if id > 1, doctype(excel) replace legible
type pigs.xml
capture noisily xmluse pigs, firstrow
display _rc
xmluse pigs, firstrow clear
describe
list
xmluse pigs, doctype(excel) sheet(Sheet1) cells(A2:B2) allstring nocompress clear
list
capture noisily xmluse pigs, sheet(Two) clear
display _rc
capture noisily xmluse pigs, doctype(dta) clear
display _rc
import excel pigs.xml, firstrow clear
list
file open h using none.xml, write
file write h "no XML"
file close h
capture noisily xmluse none, clear
display _rc
list
