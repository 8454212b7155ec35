* A simulation: what clustering does to the standard error of a mean, and what a mixed model makes of it
*
* shows: postfile, loops in loops, temporary files, set seed, xtmixed, collapse, a table of results
version 12
clear all
set more off
set seed 20120315

program define make_data
    version 12
    syntax , Groups(integer) Members(integer) Rho(real)
    drop _all
    quietly set obs `groups'
    generate group = _n
    generate double u = sqrt(`rho')*rnormal()
    quietly expand `members'
    sort group
    by group: generate member = _n
    generate double y = u + sqrt(1 - `rho')*rnormal()
end

program define one_draw, rclass
    version 12
    syntax , Groups(integer) Members(integer) Rho(real)
    make_data, groups(`groups') members(`members') rho(`rho')

    * the mean and its standard error as if the observations were independent
    quietly summarize y
    return scalar mean = r(mean)
    return scalar naive = r(sd)/sqrt(r(N))

    * the same from the means of groups
    preserve
    collapse (mean) y, by(group)
    quietly summarize y
    return scalar groups = r(sd)/sqrt(r(N))
    restore

    * a model with a level for each group
    quietly xtmixed y || group:, reml
    return scalar mixed = _se[y:_cons]
    return scalar converged = e(converged)
    return scalar between = exp(2*[lns1_1_1]_cons)
    return scalar within = exp(2*[lnsig_e]_cons)
end

* results are posted draw by draw
local draws 40
tempname results
tempfile file
postfile `results' double(rho mean naive groups mixed between within) byte converged using `file'
foreach rho of numlist 0 .2 .5 {
    forvalues draw = 1/`draws' {
        capture one_draw, groups(20) members(5) rho(`rho')
        if _rc {
            continue
        }
        post `results' (`rho') (r(mean)) (r(naive)) (r(groups)) (r(mixed)) ///
            (r(between)) (r(within)) (r(converged))
    }
}
postclose `results'

use `file', clear
describe, short
quietly count
assert r(N) == 3*`draws'
assert converged == 1

* with balanced groups the mixed model's standard error is that of the means of groups,
* unless the variance between groups is estimated as zero
generate byte interior = between > 1e-6
assert reldif(mixed, groups) < 1e-4 if interior
assert mixed < groups*1.0001 + (naive - groups > 0)*naive if !interior

* the average variance of the mean, and what each standard error makes of it
generate double square = mean^2
foreach se in naive groups mixed {
    generate double `se'2 = `se'^2
}
collapse (mean) square naive2 groups2 mixed2 between within (sum) interior (count) n = mean, by(rho)
generate double truth = rho/20 + (1 - rho)/100
display as text "{hline 64}"
display as text "     rho      truth  variance      naive     groups      mixed"
display as text "{hline 64}"
forvalues i = 1/`=_N' {
    display as result %8.1f rho[`i'] %11.4f truth[`i'] _continue
    foreach v in square naive2 groups2 mixed2 {
        display as result %11.4f `v'[`i'] _continue
    }
    display
}
display as text "{hline 64}"

* clustering makes the naive variance too small, by the design effect 1 + 4*rho
generate double design = groups2/naive2
list rho design, noobs clean
assert abs(naive2 - truth)/truth < .25 if rho == 0
assert naive2 < .6*truth if rho == .5
assert abs(groups2 - truth)/truth < .35
assert mixed2 <= groups2*1.0001 | rho == 0

* the components come close to what was drawn
assert abs(within - (1 - rho)) < .15
assert abs(between - rho) < .2
display "done: " _N " designs of `draws' draws"
