* source: R 4.2 nls (tests/commands/estimation/test_nl.py)
* covers: nl, tssmooth ma, labmask
* digits: 6
clear
set obs 60
generate double x = _n/20
generate double y = 2 + 3*exp(-.7*x) + .1*cos(_n^2)
nl (y = {b0} + {b1=1}*exp(-{b2=1}*x))
predict double f
nlcom [b1]_cons/[b2]_cons
generate t = _n
tsset t
tssmooth ma s = y, window(2 1 2)
generate str name = "n" + string(t)
labmask t, values(name)
list t y f s in 1/5
