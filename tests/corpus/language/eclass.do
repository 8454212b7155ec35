* source: LANGUAGE 7 (ereturn post and display; t where e(df_r) is known)
* covers: ereturn post, ereturn display, ereturn local, ereturn list, sreturn local, return list
set obs 3
program posts, eclass
	tempname b V
	matrix `b' = r(b)
	ereturn clear
	ereturn scalar N = 3
	ereturn local cmd "posts"
	ereturn local depvar y
end
program noclass
	ereturn scalar N = 3
end
capture noisily noclass
capture noisily return scalar x = 3
program words, sclass
	sreturn clear
	sreturn local first `1'
	sreturn local rest "b c"
end
words a
sreturn list
display "`s(first)' `s(rest)'"
