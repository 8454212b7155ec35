* source: LANGUAGE 5, 6, 7 (programs, arguments, syntax, return)
* covers: program define, program drop, program list, args, syntax, return scalar, return local, tokenize, gettoken, macro shift
program hello
	args who n
	display `"hi `who' `n' [`0'] [`*']"'
	macro shift
	display `"`1' | `*'"'
end
hello "big world" 2
program list hello
program drop hello
capture program drop hello
display _rc
program define spread, rclass
	version 12
	syntax varlist(numeric) [if] [in] [fweight/] [, Level(cilevel) noCONstant Scale(real 1) Detail *]
	marksample touse
	quietly count if `touse'
	if r(N) == 0 error 2000
	return scalar N = r(N)
	tokenize `varlist'
	while "`1'" != "" {
		quietly summarize `1' if `touse'
		return scalar range_`1' = (r(max) - r(min)) * `scale'
		macro shift
	}
	return local varlist `varlist'
	display "`if'|`in'|`weight'|`exp'|`level'|`constant'|`detail'|`options'"
end
set obs 6
generate long alpha = _n
generate beta = 10 * _n if _n != 2
generate str1 name = "x"
spread al be if alpha < 6 in 1/5, l(90) nocons d other(3) more
return list
spread alpha, scale(2)
display r(range_alpha)
capture spread alpha if alpha > 10
display _rc
capture noisily spread
capture noisily spread name
capture noisily spread alpha [pw=beta]
capture noisily spread alpha, level(9)
capture noisily spread alpha, scale(x)
capture noisily spread alpha using f
tokenize `""a b" c"'
display "`1'-`2'-`3'"
tokenize a-b+c, parse("-+")
display "`1' `2' `3' `4' `5' `6'"
local list one "two three" four
gettoken first list : list
gettoken second : list
display `"`first'|`second'|`list'"'
local paren (a b) c
gettoken inside rest : paren, match(p)
display "`inside'|`rest'|`p'"
local sum a+b
gettoken left right : sum, parse("+")
display "`left'|`right'"
