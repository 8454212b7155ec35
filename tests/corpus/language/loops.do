* source: LANGUAGE 1.4 and 4.3 (echo of numbered lines, five forms of foreach, ranges of forvalues)
* covers: foreach in, foreach of local, foreach of global, foreach of varlist, foreach of newlist
* covers: foreach of numlist, forvalues, while, continue, continue break
foreach v in a "b c" `"d "e" f"' {
	* a comment uses up its prompt
	display `"<`v'>"'

	local last `"`v'"'
}
display `"`last'|`v'|"'
local m one two
foreach x of local m{
    local m changed
    display "`x'"
}
global g three four
foreach x of global g {
    display "`x'"
}
set obs 2
generate price = 1
generate pressure = 2
foreach x of varlist pric pres* {
    quietly summarize `x'
    display "`x' " r(mean)
}
foreach x of newlist a1-a3 b {
    quietly generate `x' = 0
}
describe, simple
foreach x of numlist 1 3/5 10(-2)6 {
    display `x'
}
forvalues i = 1/3 {
    display `i'
}
forvalues i = 5(-2)1 {
    display `i'
}
forvalues i=2 4 to 8 {
    if `i' == 6 {
        continue
    }
    display `i'
}
forvalues x = 0(.1).3 {
    display `x'
}
forvalues i = 3/1 {
    display "never"
}
local i 0
while `i' < 100 {
    local ++i
    if `i' == 2 continue
    if `i' > 4 continue, break
    forvalues j = 1/2 {
        if `j' == 2 continue, break
        display "`i' `j'"
    }
}
display `i'
foreach x in {
    display "never"
}
foreach x of varlist price nosuch {
    display "never"
}
