* source: counts and sums by hand; files read in a loop
* covers: forvalues, save, append, use, erase, tempfile, local, dir
forvalues year = 2001/2003 {
    clear
    quietly set obs `=`year' - 2000'
    generate year = `year'
    generate value = _n
    quietly save wave`year'
}
clear
local files : dir "." files "wave*.dta"
local files : list sort files
display `"`files'"'
foreach file of local files {
    append using `file'
}
tabulate year
assert _N == 6
quietly summarize value
assert r(sum) == 1 + 3 + 6
tempfile all
quietly save `all'
forvalues year = 2001/2003 {
    erase wave`year'.dta
}
clear
local left : dir "." files "wave*.dta"
display `"[`left']"'
use `all'
count
