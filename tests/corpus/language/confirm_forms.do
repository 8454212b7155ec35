* source: LANGUAGE 4.4 (confirm and assert: messages and return codes)
* covers: confirm, assert, capture
set obs 4
generate x = _n
generate str2 s = "a"
confirm variable x
confirm numeric variable x
confirm string variable s
confirm new variable y
confirm number 3.5
confirm integer number 7
confirm existence abc
scalar k = 1
matrix M = (1)
confirm scalar k
confirm matrix M
capture noisily confirm variable z
display _rc
capture noisily confirm numeric variable s
display _rc
capture noisily confirm string variable x
display _rc
capture noisily confirm new variable x
display _rc
capture noisily confirm number 3x
display _rc
capture noisily confirm integer number 3.5
display _rc
capture noisily confirm matrix N
display _rc
capture noisily confirm scalar z
display _rc
capture noisily confirm file nosuch.txt
display _rc
confirm new file nosuch.txt
assert x > 0
capture noisily assert x > 2
display _rc
capture noisily assert 1 == 2
display _rc
assert x < . if s == "a"
