* source: [U] of release 6 (for: kinds of lists, names, several commands, options)
* covers: for
set obs 4
generate x = _n
generate yy = 5 - x
for var x yy: replace X = X + 1
for any a b: generate X = 1
for num 1/3: generate vX = X^2
for new w1-w3 last, noheader: generate X = 2
list x-last
for X in var x yy \ Y in any p r, noh: generate Y = X * 2
for P in num 1(2)5: display "P" P
for var x yy: quietly summarize X \ display r(mean)
for any "one: two" three: display `"X"'
for var x yy, dryrun: drop X
describe, short
capture noisily for var x nosuch: summarize X
capture noisily for num 1/2 \ any a b c: display X
capture noisily for thing x: display X
capture noisily for var x: 
capture noisily for var: summarize
capture noisily for new x: generate X = 1
for any x nosuch, nostop noheader: display X[1]
capture noisily for any x nosuch x: display X[1]
display tprob(30, 2.04) - 2 * ttail(30, 2.04)
