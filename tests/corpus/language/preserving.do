* source: LANGUAGE 5.2 (preserve ends with its program) and 2.2 (temporary files)
* covers: preserve, restore, tempfile, program, save, use
set obs 4
generate x = _n
preserve
keep if x > 2
count
restore
count
program smaller
    preserve
    drop if x > 1
    count
end
smaller
count
program kept
    preserve
    drop if x > 3
    restore, not
end
kept
count
tempfile t
quietly save `t'
drop x
capture confirm variable x
display _rc
use `t', clear
count
program broken
    preserve
    clear
    error 459
end
capture noisily broken
display _rc
count
capture noisily restore
display _rc
