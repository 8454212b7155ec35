* source: written in the style of an economics replication package; figures as in the tests of each command
* covers: areg, boottest, winsor, tabulate, reshape, append, outreg2, test, nlcom, levelsof, while, program
* digits: 5
set more off
version 12
capture program drop balance
program define balance, rclass
    syntax varlist [if], by(varname)
    marksample touse
    tempname d
    foreach v of local varlist {
        quietly summarize `v' if `touse' & `by' == 1
        scalar `d' = r(mean)
        quietly summarize `v' if `touse' & `by' == 0
        scalar `d' = `d' - r(mean)
        display as text %12s abbrev("`v'", 12) as result %10.4f `d'
        return scalar `v' = `d'
    }
end
* Drawn panel of 40 firms and 8 years; half of them treated from year 5 on
clear
set seed 99
set obs 40
gen firm = _n
gen byte treated = mod(_n, 2)
gen double effect = rnormal()
forvalues t = 1/8 {
    gen double y`t' = effect + .2*`t' + .5*treated*(`t' >= 5) + rnormal()
    gen double x`t' = rnormal() + .1*`t'
}
reshape long y x, i(firm) j(year)
gen byte post = year >= 5
gen byte did = treated*post
winsor y, gen(yw) p(.01)
lab var yw "Outcome, winsorized"
balance y x if year < 5, by(treated)
return list
table year treated, c(mean y) format(%6.2f)
areg yw did x i.year, absorb(firm) cluster(firm)
boottest did, reps(399) seed(1) nograph
test did = .5
areg yw did x i.year, absorb(firm) cluster(firm)
outreg2 using did.txt, replace keep(did x) dec(3) ctitle(All)
forvalues s = 1/2 {
    quietly areg yw did x i.year if mod(firm, 4) < 2*`s', absorb(firm) vce(cluster firm)
    outreg2 using did.txt, append keep(did x) dec(3) ctitle("Sample `s'")
}
type did.txt
* Event study
gen rel = year - 5
replace rel = -1 if !treated
levelsof rel, local(levels)
foreach l of local levels {
    local name = cond(`l' < 0, "m" + string(-`l'), "p" + string(`l'))
    gen byte d_`name' = rel == `l' & treated
}
drop d_m1
areg yw d_* i.year, absorb(firm) vce(cluster firm)
testparm d_m*
nlcom (average: (_b[d_p0] + _b[d_p1] + _b[d_p2] + _b[d_p3])/4)
local i = 0
while `i' < 2 {
    display "lead/lag `i': " %7.3f _b[d_p`i'] " (" %5.3f _se[d_p`i'] ")"
    local ++i
}
