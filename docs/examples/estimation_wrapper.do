* An estimation command of one's own: weighted least squares with e() of its own, replay and predict
*
* shows: eclass programs, matrix accum, ereturn post and display, replay, predict-like programs, _estimates
version 12
clear all
set more off

program define wols, eclass byable(recall)
    version 12
    if replay() {
        if "`e(cmd)'" != "wols" {
            error 301
        }
        syntax [, Level(cilevel)]
        wols_header
        ereturn display, level(`level')
        exit
    }
    syntax varlist(min=2 numeric) [if] [in] [aweight/] [, Level(cilevel) noCONStant noHEADer]
    gettoken depvar indepvars : varlist
    marksample touse
    quietly count if `touse'
    local N = r(N)
    local k : word count `indepvars'
    if "`constant'" == "" {
        local ++k
    }
    if `N' <= `k' {
        error 2001
    }

    * cross products by matrix accum: the first row and column are those of the dependent variable
    tempname A XX Xy b V rss
    if "`weight'" != "" {
        local wanted "[aweight = `exp']"
    }
    quietly matrix accum `A' = `depvar' `indepvars' `wanted' if `touse', `constant'
    local size = rowsof(`A')
    matrix `XX' = `A'[2..`size', 2..`size']
    matrix `Xy' = `A'[2..`size', 1]
    matrix `b' = (invsym(`XX')*`Xy')'
    matrix `rss' = `A'[1, 1] - `b'*`Xy'
    local df = `N' - `k'
    matrix `V' = invsym(`XX')*(`rss'[1, 1]/`df')

    local columns `indepvars'
    if "`constant'" == "" {
        local columns `columns' _cons
    }
    matrix colnames `b' = `columns'
    matrix colnames `V' = `columns'
    matrix rownames `V' = `columns'
    tempname residual
    scalar `residual' = `rss'[1, 1]
    ereturn post `b' `V', depname(`depvar') obs(`N') dof(`df') esample(`touse')
    ereturn scalar rss = `residual'
    ereturn scalar rmse = sqrt(`residual'/`df')
    ereturn local depvar "`depvar'"
    ereturn local indepvars "`indepvars'"
    ereturn local wtype "`weight'"
    ereturn local predict "wols_p"
    ereturn local cmd "wols"
    if "`header'" == "" {
        wols_header
    }
    ereturn display, level(`level')
end

program define wols_header
    display
    display as text "Least squares" _column(48) "Number of obs = " as result %10.0f e(N)
    display as text _column(48) "Root MSE      = " as result %10.4f e(rmse)
end

program define wols_p
    version 12
    syntax newvarname [if] [in] [, Residuals]
    if "`e(cmd)'" != "wols" {
        error 301
    }
    tempname b
    matrix `b' = e(b)
    tempvar xb
    quietly matrix score double `xb' = `b' `if' `in'
    if "`residuals'" != "" {
        generate `typlist' `varlist' = `e(depvar)' - `xb' `if' `in'
        label variable `varlist' "Residuals"
        exit
    }
    generate `typlist' `varlist' = `xb' `if' `in'
    label variable `varlist' "Linear prediction"
end

* it agrees with regress, with weights and without a constant
set obs 24
generate g = 1 + mod(_n, 2)
generate double x = mod(7*_n, 13)
generate double z = (_n - 12)^2/10
generate double y = 2 + x - z/2 + mod(5*_n, 9)
generate double w = 1 + mod(_n, 3)

wols y x z
matrix mine = e(b)
matrix mine_V = e(V)
scalar mine_rmse = e(rmse)
quietly count if e(sample)
assert r(N) == 24
wols_p double fitted
wols_p double rest, residuals
quietly summarize rest
assert abs(r(mean)) < 1e-10
_estimates hold kept
quietly regress y x z
matrix theirs = e(b)
matrix theirs_V = e(V)
assert mreldif(mine, theirs) < 1e-9
assert mreldif(mine_V, theirs_V) < 1e-9
assert reldif(mine_rmse, e(rmse)) < 1e-9
predict double check
assert reldif(fitted, check) < 1e-9
_estimates unhold kept
wols, level(90)
test x = 1
lincom x + z

quietly wols y x z [aweight = w]
matrix mine = e(b)
quietly regress y x z [aweight = w]
matrix theirs = e(b)
assert mreldif(mine, theirs) < 1e-9
quietly wols y x, noconstant
scalar slope = _b[x]
quietly regress y x, noconstant
assert reldif(slope, _b[x]) < 1e-9
bysort g: wols y x, noheader
capture noisily wols y x in 1/2
assert _rc == 2001
capture noisily wols y
assert _rc == 102
