* source: regress and cnsreg on the same data; tests/commands/estimation/test_ml.py
* covers: ml, mleval, mlsum, program, constraint, probit
* digits: 6
clear
set obs 100
generate double x = sin(_n*1.7)
generate double z = cos(_n*_n*.3)
generate double y = 1 + .5*x - .3*z + sin(_n*_n*.11)
program mynormal
    args lnf mu lnsigma
    quietly replace `lnf' = ln(normalden($ML_y1, `mu', exp(`lnsigma')))
end
ml model lf mynormal (y = x z) /lnsigma
ml search
ml maximize
regress y x z
program mysum
    args todo b lnf
    tempvar xb
    tempname s
    mleval `xb' = `b', eq(1)
    mleval `s' = `b', eq(2) scalar
    mlsum `lnf' = ln(normalden($ML_y1, `xb', exp(`s')))
end
constraint 1 x = -z
ml model d0 mysum (y = x z) /lnsigma, constraints(1) maximize nolog
ml display
generate d = y > 1
probit d x z, constraints(1) nolog
capture noisily ml maximize
capture noisily ml model lf nosuch (y = x), maximize
