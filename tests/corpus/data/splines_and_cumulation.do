* source: by hand: linear splines are min(x, k), then max(min(x, k2), k1) - k1; with marginal max(x - k, 0). Distances
* source: of equal length of 0 ... 8 in four are 2 4 6. Harrell's basis for knots 1 3 5: ((x-1)^3 - 2(x-3)^3 + (x-5)^3)/16 of
* source: positive parts; at x = 2, 4, 6: 1/16, 25/16, 72/16. cumul of 3 1 1 2: .25 or .5 at 1, .75 at 2, 1 at 3.
* covers: mkspline, cumul
clear
set obs 9
generate x = _n - 1
mkspline a 3 b 5 c = x
mkspline d 3 e = x, marginal
mkspline s 4 = x
list x a b c d e s*, noobs
mkspline r = x, cubic knots(1 3 5)
list x r* if inlist(x, 2, 4, 6), noobs
mkspline q = x, cubic nknots(3) displayknots
return list
mkspline p 2 = x, pctile displayknots
capture noisily mkspline a 3 z = x
display _rc
capture noisily mkspline w 5 v 3 u = x
display _rc
clear
input y g
3 1
1 1
1 2
2 2
end
cumul y, generate(f)
cumul y, generate(e) equal
cumul y, generate(n) freq
cumul y, generate(b) by(g)
sort y f
list, noobs
capture noisily cumul y, generate(f)
display _rc
capture noisily cumul y
display _rc
