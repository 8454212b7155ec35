* source: LANGUAGE 7 (what programs return, and wrong classes)
* covers: return, ereturn, sreturn, program, return list
program stats, rclass
    syntax varname
    quietly summarize `varlist'
    return scalar range = r(max) - r(min)
    return local name "`varlist'"
    matrix M = (1, 2)
    return matrix M = M
end
set obs 5
generate x = _n^2
stats x
return list
capture matrix list M
display _rc
program more, rclass
    stats x
    return add
    return scalar more = 1
end
more
display r(range) " " r(more)
program wrong
    return scalar x = 1
end
capture noisily wrong
display _rc
program parse, sclass
    sreturn local first "`1'"
end
parse a b
display "`s(first)'"
program fit, eclass
    matrix b = (1, 2)
    matrix V = (.25, 0 \ 0, 1)
    matrix colnames b = x _cons
    matrix colnames V = x _cons
    matrix rownames V = x _cons
    ereturn post b V, obs(10)
    ereturn local cmd "fit"
    ereturn scalar extra = 3
end
fit
display _b[x]/_se[x] " " e(N) " " e(extra) " `e(cmd)'"
ereturn display
test x
assert reldif(r(chi2), 4) < 1e-14
