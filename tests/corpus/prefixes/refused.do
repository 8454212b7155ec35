* source: what is refused by name says what to do instead
* covers: nestreg, stepwise, fracpoly
capture noisily nestreg: regress y (x) (z)
capture noisily stepwise, pr(.2): regress y x z
capture noisily fracpoly: regress y x
