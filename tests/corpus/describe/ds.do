* source: LANGUAGE 13 and the options of ds and rename by hand
* covers: ds, rename
set obs 3
generate id = _n
generate double income = 10 * _n
generate str5 town = "x"
generate byte sex = 1
generate long averylongvariablename = 7
label variable income "Yearly Income"
label variable town "Town of birth"
label define sexes 1 "one"
label values sex sexes
format income %12.2f
char town[source] register
ds
ds, has(type numeric)
ds, not(type numeric)
ds, has(type byte double)
ds i*, has(type float)
ds, has(type str*)
ds, has(varlabel)
ds, has(varl *birth "Yearly*")
ds, has(varl *income*) insensitive
ds, not(varlabel)
ds, has(vallabel)
ds, has(vall s*)
ds, has(format %12*)
ds, has(char)
ds, has(char s*)
ds id-town, not
display "`r(varlist)'"
ds, alpha
ds id income, detail
ds, varwidth(8) skip(4) indent(2)
capture noisily ds, has(nothing)
capture noisily ds, has(type)
capture noisily ds, has(varlabel) not(vallabel)
rename id income, upper
rename (ID INCOME) (=_1 new), r
display "`r(oldnames)' to `r(newnames)', " r(n)
rename *, lower
ds
