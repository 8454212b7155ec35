* source: FORMAT-data 2 (definitions of the functions); every value below is worked out by hand
* covers: egen
clear
input g x y z str9 s
1  2  2  9 "ab cd ef"
1  4  .  9 "gh"
1  9  4  9 ""
2  1  1  1 "ab cd ef"
2  .  .  . "x y"
2  1 .a  3 "gh"
end
* groups: 2 4 9 and 1 1
egen mean = mean(x), by(g)
assert mean == cond(g == 1, 5, 1)
egen sum = sum(x), by(g)
assert sum == cond(g == 1, 15, 2)
egen highest = max(x), by(g)
egen lowest = min(x), by(g)
assert highest == cond(g == 1, 9, 1) & lowest == cond(g == 1, 2, 1)
* deviations from the mean 5: 3 1 4; from the median 4: 2 0 5
egen mdev = mdev(x), by(g)
assert abs(mdev - cond(g == 1, 8/3, 0)) < 1e-6
egen mad = mad(x), by(g)
assert mad == cond(g == 1, 2, 0)
* moments of 2 4 9 about 5: 26/3, (-27 - 1 + 64)/3 = 12, (81 + 1 + 256)/3 = 338/3
egen skew = skew(x), by(g)
assert abs(skew - 12/(26/3)^1.5) < 1e-6 if g == 1
assert skew == . if g == 2
egen kurt = kurt(x), by(g)
assert abs(kurt - (338/3)/(26/3)^2) < 1e-6 if g == 1
* x/17 in per cent, x/15 as a share
egen pc = pc(x)
assert abs(pc - 100*x/17) < 1e-5 if x < .
egen share = pc(x), prop by(g)
assert abs(share - x/15) < 1e-6 if g == 1
* 1 stands twice, 2 4 9 once
egen mode = mode(x)
assert mode == 1
egen ofgroup = mode(x), by(g)
list g x mode ofgroup
egen low = mode(x), by(g) minmode
egen high = mode(x), by(g) maxmode
egen second = mode(x), by(g) nummode(2)
assert low == cond(g == 1, 2, 1) & high == cond(g == 1, 9, 1)
assert second == 4 if g == 1
egen text = mode(s)
assert text == ""
* rows: 2 2 9, 4 . 9, 9 4 9, 1 1 1, . . ., 1 .a 3
egen first = rowfirst(x y z)
egen last = rowlast(x y z)
egen rmin = rowmin(x y z)
egen middle = rowmedian(x y z)
egen quarter = rowpctile(x y z), p(25)
egen rsd = rowsd(x y z)
list x y z first last rmin middle quarter rsd
assert abs(rsd - sqrt(49/3)) < 1e-6 in 1
egen many = anycount(x y z), values(1 9)
egen some = anymatch(x y z), values(1 9)
egen kept = anyvalue(x), values(1/4)
egen differs = diff(x y)
list x y z many some kept differs
egen both = concat(g s), punct(-)
egen numbers = concat(x y)
egen head = ends(s)
egen tail = ends(s), tail
egen end = ends(s), last
list s both numbers head tail end
egen up = fill(1 2)
egen pairs = fill(1 1 2 2)
egen down = fill(10 8)
list up pairs down
describe many some kept differs both
capture noisily egen bad = foo(x)
capture noisily egen bad = rowmean(x s)
capture noisily egen bad = mode(x), minmode maxmode
capture noisily egen mean = mean(x)
