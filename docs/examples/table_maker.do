* A table of descriptive statistics as a program of one's own, written to the screen and to a file
*
* shows: syntax with options, marksample, levelsof, matrices, file write, macro functions
version 12
clear all
set more off

program define describe_by, rclass
    version 12
    syntax varlist(numeric) [if] [in] [using/], BY(varname) ///
        [Decimals(integer 2) TITle(string) Replace noTOTal]

    marksample touse, novarlist
    markout `touse' `by', strok
    quietly count if `touse'
    if r(N) == 0 {
        error 2000
    }
    if !inrange(`decimals', 0, 6) {
        display as error "decimals() must be between 0 and 6"
        exit 198
    }

    * groups and their names
    quietly levelsof `by' if `touse', local(groups)
    local columns : word count `groups'
    local rows : word count `varlist'
    local names
    foreach group of local groups {
        capture confirm string variable `by'
        if _rc {
            local label : label (`by') `group'
            local names `"`names' `"`label'"'"'
        }
        else {
            local names `"`names' `"`group'"'"'
        }
    }
    if "`total'" == "" {
        local names `"`names' "All""'
    }
    local shown : word count `names'

    * means in one matrix, standard deviations in another
    tempname mean sd n
    matrix `mean' = J(`rows', `shown', .)
    matrix `sd' = `mean'
    matrix `n' = J(1, `shown', .)
    local i 0
    foreach variable of local varlist {
        local ++i
        local j 0
        foreach group of local groups {
            local ++j
            capture confirm string variable `by'
            if _rc {
                local where "`by' == `group'"
            }
            else {
                local where `"`by' == "`group'""'
            }
            quietly summarize `variable' if `touse' & `where'
            matrix `mean'[`i', `j'] = r(mean)
            matrix `sd'[`i', `j'] = r(sd)
            quietly count if `touse' & `where'
            matrix `n'[1, `j'] = r(N)
        }
        if "`total'" == "" {
            quietly summarize `variable' if `touse'
            matrix `mean'[`i', `shown'] = r(mean)
            matrix `sd'[`i', `shown'] = r(sd)
            quietly count if `touse'
            matrix `n'[1, `shown'] = r(N)
        }
    }
    matrix rownames `mean' = `varlist'
    matrix rownames `sd' = `varlist'

    * the table on the screen
    local width = 14 + 12*`shown'
    if `"`title'"' != "" {
        display as text `"`title'"'
    }
    display as text "{hline `width'}"
    display as text _column(15) _continue
    foreach name of local names {
        display as text %11s abbrev(`"`name'"', 11) " " _continue
    }
    display
    display as text %-13s "n" _continue
    forvalues j = 1/`shown' {
        display as result %12.0f `n'[1, `j'] _continue
    }
    display
    display as text "{hline `width'}"
    local i 0
    foreach variable of local varlist {
        local ++i
        display as text %-13s abbrev("`variable'", 12) _continue
        forvalues j = 1/`shown' {
            display as result %12.`decimals'f `mean'[`i', `j'] _continue
        }
        display
        display _column(14) _continue
        forvalues j = 1/`shown' {
            local figure : display %9.`decimals'f `sd'[`i', `j']
            local figure = "(" + trim("`figure'") + ")"
            display as result %12s "`figure'" _continue
        }
        display
    }
    display as text "{hline `width'}"

    * the same as a file of columns
    if `"`using'"' != "" {
        tempname handle
        file open `handle' using `"`using'"', write text `replace'
        file write `handle' "variable"
        foreach name of local names {
            file write `handle' _tab `"`name'"' _tab "(sd)"
        }
        file write `handle' _n
        forvalues i = 1/`rows' {
            local variable : word `i' of `varlist'
            file write `handle' "`variable'"
            forvalues j = 1/`shown' {
                file write `handle' _tab %9.`decimals'f (`mean'[`i', `j']) _tab %9.`decimals'f (`sd'[`i', `j'])
            }
            file write `handle' _n
        }
        file close `handle'
        display as text `"(table written to `using')"'
    }

    return matrix n = `n'
    return matrix sd = `sd'
    return matrix mean = `mean'
    return local groups `"`groups'"'
end

* two arms with known means: 1..5 and 11..15
set obs 10
generate arm = _n > 5
label define arm 0 "control" 1 "treated"
label values arm arm
generate score = _n + 5*arm
generate double weight = 60 + score/2
generate str1 site = cond(mod(_n, 2), "A", "B")

describe_by score weight, by(arm) title("Scores and weights by arm")
assert el(r(mean), 1, 1) == 3 & el(r(mean), 1, 2) == 13
assert reldif(el(r(sd), 1, 1), sqrt(2.5)) < 1e-12
assert el(r(n), 1, 3) == 10
describe_by score using scores.txt if score < 15, by(site) decimals(1) nototal replace
type scores.txt
capture noisily describe_by score, by(arm) decimals(9)
assert _rc == 198
capture noisily describe_by score if score > 99, by(arm)
assert _rc == 2000
