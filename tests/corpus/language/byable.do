* source: LANGUAGE 5.3 (programs under by) and sums asserted in the file
* covers: program, by, bysort, marksample
set obs 6
generate g = mod(_n, 2)
generate x = _n
program tot, byable(recall) rclass
    syntax varname [if] [in]
    marksample touse
    quietly summarize `varlist' if `touse'
    display "group " _byindex() ": " r(sum)
end
bysort g: tot x
tot x if x > 2
program plain
    display "plain"
end
capture noisily by g: plain
display _rc
program once, byable(onecall)
    display _by() " `_byvars'"
end
by g: once
once
