* source: LANGUAGE 5.1 (ado-files along the path, r(161), r(162), which, discard)
* covers: adopath, which, discard, findfile, capture
mkdir mine
file open f using mine/twice.ado, write replace
file write f "*! version 1.0" _n "program twice, rclass" _n "return scalar value = 2 * \`1'" _n "helper" _n "end" _n
file write f "program helper" _n "display " _char(34) "helped" _char(34) _n "end" _n
file close f
file open f using mine/empty.ado, write replace
file write f "program other" _n "end" _n
file close f
quietly adopath + mine
twice 21
display r(value)
capture noisily helper
display _rc
capture noisily empty
display _rc
which twice
capture noisily which nosuch
display _rc
findfile twice.ado
display "`r(fn)'"
discard
twice 4
display r(value)
