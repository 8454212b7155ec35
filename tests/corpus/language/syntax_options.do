* source: LANGUAGE 6 (every specification of syntax, what it leaves in macros)
* covers: syntax, program
set obs 10
generate a = _n
generate b = _n^2
generate str5 s = "x"
program show
    syntax [varlist(default=none)] [if] [in] [using/] [fweight aweight/] [, Detail noCONstant SAve(string) AS(string asis) N(integer 5) D(real 0.5) L(numlist) BY(varlist) NEW(newvarname) Level(cilevel) T(passthru) *]
    foreach m in varlist if in using weight exp detail constant save as n d l by new level t options {
        if `"``m''"' != "" display `"`m': ``m''"'
    }
end
show
show a b if a > 1 in 1/5 using "my file" [fw=a], det nocons sa("x y") as("x y") n(3) d(.1)
show, l(1/3 5) by(a-b) new(c) level(90) t(3) foo bar(2)
program strict
    syntax varlist(min=1 max=2 numeric), Generate(name) [N(integer 1)]
    display "ok"
end
strict a, g(x)
capture noisily strict
display _rc
capture noisily strict a
display _rc
capture noisily strict s, g(x)
display _rc
capture noisily strict a b a, g(x)
display _rc
capture noisily strict a if a, g(x)
display _rc
capture noisily strict a, g(x) n(1.5)
display _rc
capture noisily strict a, g(x) nosuch
display _rc
capture noisily strict a, g(x) nosuch(1)
display _rc
capture noisily strict zz, g(x)
display _rc
capture noisily strict a = 2, g(x)
display _rc
capture noisily strict a [pw=b], g(x)
display _rc
