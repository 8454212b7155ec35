* source: LANGUAGE 2.2, 5.2 and 7 (what ends with a program: macros, temporary names, preserved data)
* covers: preserve, restore, tempvar, tempname, tempfile, scalar, capture, exit, error, assert, confirm
set obs 4
generate x = 5 - _n
program tops, rclass sortpreserve
	args n
	tempvar rank
	tempname best
	sort x
	generate `rank' = _n
	scalar `best' = x[_N]
	return scalar best = `best'
	return local names "`rank' `best'"
	preserve
	keep if `rank' > _N - `n'
	quietly count
	return scalar kept = r(N)
end
tops 2
return list
list
scalar list
preserve
drop x
capture noisily preserve
restore
capture noisily restore
describe, simple
program leaves
	preserve
	clear
	exit 7
end
capture leaves
display _rc " " _N
capture noisily error 134
assert x > 0
capture noisily assert x > 1
capture noisily assert 1 == 2
capture noisily confirm existence
capture noisily confirm number abc
confirm integer number 12
capture noisily confirm integer number 1.5
confirm variable x
capture noisily confirm variable y
capture noisily confirm string variable x
capture noisily confirm new variable x
capture noisily confirm new variable 1a
capture noisily confirm file nosuch.txt
capture noisily confirm scalar s
capture noisily confirm matrix A
capture noisily confirm names a!
scalar popmean = 499.87537
scalar sampsemfpc = 0.67637047
scalar text = "words"
scalar list
scalar drop text
display scalar(popmean)
capture noisily scalar list text
program recurse
	recurse
end
recurse
