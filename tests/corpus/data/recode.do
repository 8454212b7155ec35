* source: FORMAT-data 3 (messages, labels, types of recode, encode, decode, destring, tostring)
* covers: recode, encode, decode, destring, tostring
set obs 6
generate x = _n
replace x = . in 6
label variable x "the x"
generate str8 s = string(x)
replace s = "" in 1
recode x (1/2 = 1 "low") (3/max = 2 "high") (. = .a), generate(y)
list x y
describe y
recode x 3=30 4=.
recode x (1 2 = 8) (nonmissing = 9) (missing = 7)
recode x 8=100.5 if s == "2"
list x
recode x y (8 = 1) (else = 5) if _n > 2, prefix(n_) copyrest
recode x (min/7 = 0 "none") (* = 1 "some"), generate(z) label(zl)
list x n_x n_y z
label list zl
capture noisily recode s (1=2)
capture noisily recode x (foo=2)
capture noisily recode x (1=2 "a")
capture noisily recode x
encode s, generate(es)
encode s in 1/3, generate(es2) label(other)
capture noisily encode s, generate(es3) label(other) noextend
list s es es2, nolabel
label list es other
decode es, generate(back)
decode z if x > 7, generate(short) maxlength(2)
list back short
capture noisily decode x, generate(q)
capture noisily decode s, generate(q)
capture noisily encode x, generate(q)
capture noisily encode s
destring s, replace
destring s, replace
generate str8 w = "1,200" in 1
replace w = "3.5%" in 2
destring w, generate(wn)
destring w, generate(wn) ignore(",%")
destring w, generate(wp) percent ignore(",") float
destring w, generate(wm) force
generate str5 c = "1,5"
destring c, generate(cn) dpcomma
describe wn wp wm cn
list w wn wp wm cn
capture noisily destring w
tostring x, generate(xs)
tostring x y, replace
tostring x, replace
generate double third = 1/3
tostring third, replace
tostring third, replace force format(%4.2f)
format n_x %6.2f
tostring n_x, generate(shown) usedisplayformat
list xs third shown
