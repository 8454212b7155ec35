* source: [M] mata putmata and getmata ([D] putmata of release 12: lists, constants, omitmissing, view, id(), force)
* covers: putmata, getmata, mata
set obs 5
generate id = 6 - _n
generate x = _n^2
generate y = _n if _n != 2
generate str3 s = "a" + string(_n)
putmata x
mata: x'
capture noisily putmata x
putmata v=y X=(x y 1) S=s, replace
mata: X
mata: S'
putmata *, replace omitmissing
mata: rows(y), rows(s)
putmata Z=(x y) if id > 2, view
mata: Z[1, 1] = 100
list in 1
mata: u = (1::5) :* 2; W = (u, u:^2); few = (7, 8)'; keys = (3 \ 1)
getmata u
getmata (w*) = W, double
getmata (one two) = W w3=u
list u w1 w2 one two w3
describe u w1
capture noisily getmata u
getmata u=x, replace force
getmata new=few, id(id=keys)
getmata t=S, force
list id u new t
mata: u = (-1 \ -2 \ -3 \ -4 \ -5)
getmata u, update
list u in 1/2
capture noisily getmata few
capture noisily getmata (a b c) = W
capture noisily getmata nothere
capture noisily putmata q=(x s)
capture noisily putmata (x y)
capture noisily putmata w=
capture noisily putmata
clear
getmata few
list
mata: mata describe
