* source: FORMAT-data 12 (messages, names, labels); values by hand
* covers: insheet, outsheet, import delimited, export delimited
set obs 4
generate id = _n
generate x = _n/4 if _n != 3
replace x = .b in 2
generate str8 name = "pig, " + string(_n)
generate d = 17000 + _n
format d %td
generate byte sex = mod(_n, 2)
label define sex 0 "male" 1 "female"
label values sex sex
outsheet using pigs
type pigs.out
capture noisily outsheet using pigs
outsheet id x using few.csv if sex == 1, comma nonames nolabel noquote replace
type few.csv
outsheet id name in 1/2 using few.csv, delimiter(";") replace
type few.csv
export delimited using all, quote
type all.csv
export delimited id sex d using all.csv in 2/3, nolabel novarnames delimiter(tab) replace
type all.csv
export delimited id x using fmt.csv, datafmt replace
type fmt.csv
capture noisily export delimited fmt.csv
capture noisily export delimited foo using fmt.csv, replace
capture noisily export delimited fmt.csv, replace delimiter("ab")
capture noisily insheet using pigs.out
insheet using pigs.out, clear
describe
list
capture noisily import delimited all.csv
import delimited all.csv, clear varnames(nonames) delimiters("\t") asdouble
list
insheet a b c using all.csv, tab clear nonames double
describe a b c, simple
export delimited using all, replace
import delimited a using all, clear varnames(1) case(upper) rowrange(2:2) colrange(1:2) stringcols(1)
list
import delimited all, clear stringcols(_all) bindquotes(strict) stripquotes(yes) encoding("utf-8") asfloat
describe
import delimited all, clear numericcols(_all)
list
capture noisily insheet using all.csv, comma names case clear delimiter(";")
insheet using all.csv, comma names case clear
describe, simple
capture noisily import delimited nosuch, clear
capture noisily import delimited all, clear rowrange(x)
capture noisily import delimited all, clear varnames(x)
capture noisily import delimited all, clear stringcols(0)
* 1.234,5 is 1234.5 where the comma is the decimal point
file open german using german.csv, write text
file write german "x;y" _n "1.234,5;2" _n "-0,25;" _n
file close german
import delimited german, clear delimiters(";") decimalseparator(,) groupseparator(.)
list
import delimited german, clear delimiters(";") parselocale(de_DE)
assert x == cond(_n == 1, 1234.5, -.25)
import delimited german, clear delimiters(";")
list
capture noisily import delimited german, clear parselocale(martian)
capture noisily import delimited german, clear decimalseparator(,) groupseparator(,)
capture noisily import delimited german, clear decimalseparator(xy)
capture noisily import delimited all, clear encoding(martian)
capture noisily import foo
capture noisily export foo
count
