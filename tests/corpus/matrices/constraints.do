* source: the manual's description of constraint; results asserted in the file
* covers: constraint, constraint define, constraint dir, constraint list, constraint drop, constraint get, constraint free
constraint 1 price = weight
constraint define 3 [y]x = 0
constraint dir
constraint get 3
assert r(defined) == 1 & "`r(contents)'" == "[y]x = 0"
constraint get 2
assert r(defined) == 0
constraint free
assert r(free) == 2
local text : constraint 1
display "`text'"
local all : constraint dir
display "`all'"
constraint drop 1
constraint list
constraint drop _all
constraint list
capture noisily constraint 0 a = b
display _rc
