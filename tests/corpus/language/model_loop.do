* source: identities asserted in the file; a loop over models as replication files have it
* covers: foreach, regress, estimates store, estimates table, matrix, local
* digits: 6
set obs 12
generate double x1 = _n
generate double x2 = mod(5*_n, 7)
generate double x3 = mod(_n, 2)
generate double y = x1 + 2*x2 - x3 + mod(3*_n, 4)
local controls
local i 0
foreach x in x1 x2 x3 {
    local controls `controls' `x'
    quietly regress y `controls'
    estimates store m`++i'
    local r2_`i' = e(r2)
    local k : word count `controls'
    assert e(df_m) == `k'
}
forvalues i = 2/3 {
    local before = `i' - 1
    assert `r2_`i'' >= `r2_`before''
}
estimates restore m1
display "`: colnames e(b)'"
estimates restore m3
display "`: colnames e(b)'"
matrix b = e(b)
assert b[1, "x2"] == _b[x2]
estimates dir
