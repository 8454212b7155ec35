* source: LANGUAGE 8.2 and 8.4 (names after operations, header lines of equations [S])
* covers: matrix rownames, matrix colnames, matrix coleq, matrix roweq, matrix list
matrix T = (.61731315, -.00877065 \ .10345735, .00548118 \ 2.419e-09, .10956752)
matrix rownames T = b se pvalue
matrix colnames T = chdbeta:slope chdbeta:_cons
matrix list T
matrix coleq T = _:
matrix list T, format(%6.3f)
matrix S = T'
matrix list S
matrix P = S * T
local r : rownames P
local c : colnames P
display "`r' | `c'"
matrix Q = T \ (1, 2)
local r : rownames Q
display "`r'"
capture noisily matrix rownames T = a b
display _rc
capture noisily matrix colnames T = a b c
display _rc
