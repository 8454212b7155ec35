* source: R 4.2, stacked equations with numDeriv (tests/commands/estimation/test_teffects.py)
* covers: teffects
* digits: 5
clear
set obs 200
generate double x = sin(_n*1.3)
generate double z = cos(_n^2*.37)
generate t = (x + sin(_n^2*1.9)*1.5 > .2)
generate double y = 1 + .5*x - .2*z + t*(1+x) + cos(_n*3.1)
teffects ra (y x z) (t)
teffects ipw (y) (t x z), atet
teffects aipw (y x) (t x z), pomeans
teffects ipwra (y x z) (t x), aequations
test [ATE]r1vs0.t = 1
capture noisily teffects psmatch (y) (t x)
