* source: what is refused by name says what to do instead
* covers: nestreg, fracpoly
capture noisily nestreg: regress y (x) (z)
capture noisily fracpoly: regress y x
