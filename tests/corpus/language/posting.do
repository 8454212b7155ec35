* source: LANGUAGE 11 (postfile); sums of squares in closed form
* covers: postfile, post, postclose, postutil, capture
tempname handle
postfile `handle' int n double(sum formula) str8 what using squares, replace
forvalues n = 1/5 {
    local sum = 0
    forvalues i = 1/`n' {
        local sum = `sum' + `i'^2
    }
    post `handle' (`n') (`sum') (`n'*(`n'+1)*(2*`n'+1)/6) ("n`n'")
}
capture post `handle' (1) (2)
display _rc
postclose `handle'
capture noisily post `handle' (1) (2) (3) ("x")
assert _rc == 111
use squares, clear
assert sum == formula
describe, simple
list, noobs
postfile other x using other
postutil clear
capture postclose other
display _rc
