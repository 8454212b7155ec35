* source: FORMAT-data 6 and 7 (tables and labels of separate, lookfor); lines by hand
* covers: separate, ipolate, lookfor
set obs 6
generate byte home = _n > 3
label define o 0 "Domestic" 1 "Foreign"
label values home o
generate mpg = 10*_n
label variable mpg "Mileage"
separate mpg, by(home)
separate mpg, by(mpg > 30) generate(m) shortlabel
separate mpg, by(mpg > 30) generate(q) sequential
generate g = cond(_n == 1, ., home)
separate mpg if _n < 6, by(g) missing generate(z)
list mpg0-z_missing
capture noisily separate mpg
lookfor MIL home
return list
lookfor nothing
drop _all
set obs 7
generate g = _n > 4
generate x = _n
generate y = x^2
replace y = . in 2/3
replace y = . in 5
replace y = . in 7
ipolate y x, generate(a)
by g, sort: ipolate y x, generate(b)
ipolate y x, generate(c) epolate
list
capture noisily ipolate y, generate(d)
capture noisily ipolate y x
capture noisily order x, after(nothere)
