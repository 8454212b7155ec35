* source: FORMAT-data 7 and 10 (messages); percentiles and types by hand
* covers: compress, recast, clonevar, mvdecode, mvencode, split, xtile, pctile, _pctile, order, aorder, move
set obs 8
generate x = _n
generate double d = _n + .5
generate double big = 1e7 + _n
generate long l = _n*1000
generate str20 s = "a, b,c" in 1/4
replace s = "d" in 5
note x: noted
compress
describe
recast byte d
recast float d
recast int x
recast byte d, force
capture noisily recast str5 d
capture noisily recast foo d
clonevar y = x if x > 3
notes y
mvdecode s x y, mv(1 2 = .a \ 5/6)
list x y
capture noisily mvencode x, mv(3)
mvencode x, mv(.a=99 \ else=98) override
list x
split s, parse(",") generate(p)
return list
split s, p(", ") generate(q) limit(2) notrim
generate str9 num = "1 2"
split num, destring
generate str9 mix = "1x z"
split mix, destring ignore("x") force float
describe num1 mix1 mix2
xtile q4 = big, nq(4)
xtile w2 = big [fweight=x] if x > 2
pctile pc = big, nq(4) genp(g)
pctile alt = big, nq(4) altdef
format pc alt %12.2f
xtile u = big, cutpoints(pc)
list big q4 w2 pc alt g u
_pctile big, p(25 50 90)
return list
_pctile big, nquantiles(4)
return list
capture noisily xtile v = big, nq(20)
capture noisily _pctile s
order q4 pc
order p3 p1 p2, sequential last
ds
aorder
move x big
ds
capture noisily move x
