* source: LANGUAGE 7; do-files set e() themselves (docs/quirks.md). t = 1/sqrt(.1) = 3.16, 2*ttail(18, 3.1623) = .0054
* covers: ereturn post, ereturn scalar, ereturn display, test
matrix b = (1, 2)
matrix colnames b = x y
matrix V = (.1, 0 \ 0, .2)
matrix rownames V = x y
matrix colnames V = x y
ereturn post b V, obs(20) dof(18)
ereturn scalar k = 2
ereturn local cmd mine
ereturn display
test x = y
display e(k)
