* source: FORMAT-data 6 (tables of duplicates; codes of isid); counts by hand
* covers: duplicates report, duplicates list, duplicates examples, duplicates tag, duplicates drop, isid
set obs 9
generate byte g = mod(_n, 3)
generate byte h = mod(_n, 2)
generate x = _n
label define g 0 "zero" 1 "one" 2 "two"
label values g g
duplicates report g h
return list
duplicates list g h
duplicates list g h if h, nolabel
duplicates examples g h
duplicates tag g h, generate(dup)
list g h dup
duplicates list
capture noisily duplicates drop g h
capture noisily isid g h
capture noisily isid g
duplicates drop g h, force
duplicates drop
isid g h, sort
describe, short
replace x = . in 2
capture noisily isid x
isid x, missok
capture noisily duplicates
