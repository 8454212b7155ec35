* source: LANGUAGE 11 (timer); times themselves are not shown
* covers: timer, sleep
timer clear
timer on 1
sleep 20
timer off 1
quietly timer list 1
assert r(t1) >= .02 & r(nt1) == 1
timer on 1
timer off 1
quietly timer list
display r(nt1)
capture noisily timer off 7
display _rc
capture noisily timer on 101
display _rc
timer clear 1
timer list
