* source: semantics by FORMAT-data.md 0 to 6 and the storage types of the manual; figures are asserted from their definitions
* covers: generate, replace, count, egen mean, egen total, egen group, sort, gsort, expand, merge, append, reshape, collapse, isid
* --- float against double
set obs 4
generate x = .1 * _n
count if x == .1
count if x == float(.1)
generate double d = .1 * _n
count if d == .1
egen m = mean(x)
egen double mm = mean(d)
confirm float variable m
confirm double variable mm
assert m == float(.25)
* --- missing values
generate y = cond(_n == 1, ., cond(_n == 2, .a, _n))
count if y > 100
count if y > . & y < .b
count if missing(y)
count if y >= 3 & !missing(y)
egen total = total(y)
egen all = total(y) if _n < 3, missing
egen average = mean(y)
assert total == 7 & average == 3.5 & missing(all)
generate running = sum(y)
assert running[2] == 0 & running[4] == 7
generate z = y + 1
assert z[1] == . & z[2] == .
generate w = y
assert w[2] == .a
recode w (.a = 9)
assert w[2] == 9
* --- storage types of results
generate byte b = 100
replace b = b + 1
generate int i = 32740
replace i = i * 2
generate long l = 2147483620
replace l = l + 1
replace b = .5 in 1
display "`: type b' `: type i' `: type l'"
egen g = group(b)
egen t = tag(b)
display "`: type g' `: type t'"
* --- order after commands
generate id = 5 - _n
sort id
display "`: sortedby'"
replace x = x + 1
display "`: sortedby'"
generate late = id
display "`: sortedby'"
replace id = id
display "`: sortedby'"
replace id = id + 1 in 1/4
display "(`: sortedby')"
sort id x
drop x
display "(`: sortedby')"
gsort -id
display "(`: sortedby')"
bysort id: generate n = _n
display "(`: sortedby')"
expand 2 in 1
display "(`: sortedby')"
collapse (mean) d (count) n = y, by(id)
display "(`: sortedby')"
* --- labels and notes
label variable d "a double"
label define yes 1 "yes" 0 "no"
generate byte answer = mod(id, 2)
label values answer yes
label variable answer "the answer"
note: first
note answer: of the answer
format d %6.2f
tempfile a b c
quietly save `a'
keep id
generate byte score = id
label drop yes
label define yes 1 "ja" 0 "nein"
label define points 1 "one"
label values score points
note: second
quietly save `b', orphans
use `a', clear
merge 1:1 id using `b', nogenerate
notes
label list
display "`: variable label answer' `: value label score' `: format d' (`: sortedby')"
append using `b'
display _N " `: format d' (`: sortedby')"
notes _dta
drop in -4/-1
keep id answer score
generate byte j = 1
reshape wide score, i(id) j(j)
display "`: variable label score1' `: value label score1' `: value label answer' (`: sortedby')"
reshape long
display "`: variable label score' `: value label score' (`: sortedby')"
collapse (first) answer (max) score (mean) mean = score, by(j)
display "`: variable label answer' | `: variable label mean' | `: value label answer' | `: type mean' `: type score'"
* --- long strings
clear
set obs 2
capture noisily generate s = 300 * "a"
local long aaaaaaaaaa
forvalues i = 1/5 {
local long `long'`long'
}
generate s = "`long'"
display length(s[1]) " `: type s'"
generate k = _n
quietly save `c'
replace s = "b"
merge 1:1 k using `c', update replace nogenerate noreport
display length(s[1]) " `: type s'"
* --- dates
generate day = date("29feb2012", "DMY")
generate next = day + 365
format day next %td
list day next
collapse (max) day next
display "`: format day'"
list
* --- repeated keys and empty results
clear
set obs 3
generate k = cond(_n == 3, ., 1)
generate v = _n
quietly save `a', replace
capture noisily merge 1:1 k using `a'
capture noisily merge m:1 k using `a'
capture noisily isid k
merge m:m k using `a', noreport
list
capture noisily collapse v if v > 100
capture noisily keep if v > 100
display _N
capture noisily summarize v
capture noisily tabulate v
capture noisily egen empty = mean(v)
capture noisily merge m:1 k using `b', noreport
