* source: Cochran, Sampling Techniques (1977), 2.11: R = sum y/sum x, residuals y - R x; figures by hand below
* covers: ratio, total
clear
input y x g
3 1 1
5 2 1
4 3 2
8 4 2
end
* R = 20/10 = 2; residuals 1 1 -2 0, sum of squares 6; se = sqrt(4/3 * 6)/10
ratio y/x
assert abs(_b[_ratio_1] - 2) < 1e-12 & abs(_se[_ratio_1] - sqrt(8)/10) < 1e-12
* groups: 8/3 and 12/7
ratio (share: y/x), over(g)
matrix b = e(b)
assert abs(b[1,1] - 8/3) < 1e-12 & abs(b[1,2] - 12/7) < 1e-12
* total 20, variance 4 * 14/3
total y
assert abs(_b[y] - 20) < 1e-12 & abs(_se[y] - sqrt(4*14/3)) < 1e-12
capture noisily ratio y
capture noisily ratio y/nothere
