* source: LANGUAGE 5.3, 7 (_estimates, ereturn display, what a program asks of by)
* covers: _estimates hold, _estimates unhold, _estimates dir, _estimates clear, ereturn display, by, program define
set obs 12
generate x = mod(_n * 5, 7)
generate g = _n > 6
generate y = x + g + sin(_n)
program called, byable(recall)
	display "by " _by() ", group " _byindex() ", last " _bylastcall() ", " _byn1() " to " _byn2() ": `_byvars' " _caller()
end
program together, byable(onecall)
	display "by " _by() ": `_byvars'"
end
called
sort g
by g: called
together
by g: together
program fitted, eclass
	syntax [varlist(default=none)] [if] [, Level(cilevel) EForm(string) first plus neq(passthru)]
	if "`varlist'" != "" {
		tempname kept
		_estimates hold `kept', restore nullok
		quietly regress `varlist'
		display "inside: " e(N) " " e(df_m)
		exit
	}
	if "`eform'" != "" local eform eform(`eform')
	ereturn display, level(`level') `eform' `first' `plus' `neq'
end
fitted y x
quietly regress y x g
fitted y x
display e(df_m) " " e(cmd)
count if e(sample)
_estimates hold mine, varname(used)
tabulate used
capture noisily fitted
_estimates dir
capture noisily _estimates hold other
_estimates unhold mine
capture noisily _estimates unhold mine
count if e(sample)
fitted
fitted, eform(exp(b)) plus level(90)
matrix b = (1, 2, 3)
matrix V = I(3) / 4
matrix colnames b = one:x one:_cons two:_cons
matrix colnames V = one:x one:_cons two:_cons
matrix rownames V = one:x one:_cons two:_cons
program posted, eclass
	ereturn post b V
end
posted
fitted
fitted, first
fitted, neq(1)
_estimates hold a, copy
_estimates unhold a, not
display _b[one:x]
_estimates hold b
_estimates clear
capture noisily _estimates unhold b
summarize x []
summarize x [ ] if g
