* source: [R] regress, [R] logistic, [XT] xtmixed (saved results r(table) and r(level)); rows are the figures of the tables above
* covers: regress, logistic, poisson, ologit, xtmixed, mean, ereturn display, bootstrap
set obs 60
generate x = mod(_n, 7)
generate g = mod(_n, 3)
generate id = ceil(_n / 6)
generate y = x + g + mod(_n * 5, 11)
generate byte d = mod(_n * 7, 5) > x / 3
regress y x i.g
return list
matrix list r(table)
matrix t = r(table)
display t["b", "x"] - 1.96 * t["se", "x"] < t["ll", "x"] + .01
logistic d x
matrix list r(table)
logistic, coef level(90)
matrix list r(table)
ologit g x, nolog or
matrix list r(table)
xtmixed y x || id:, nolog
matrix list r(table)
mean y
matrix list r(table)
regress y x
program posting, eclass
    matrix b = (1, 2)
    matrix V = (4, 0 \ 0, 9)
    matrix colnames b = one two
    matrix colnames V = one two
    matrix rownames V = one two
    ereturn post b V
    ereturn display
end
posting
matrix list r(table)
display _N
return list
