* source: closed forms of a 2 x 2 table: log odds ratio and its standard error, asserted in the file
* covers: logit, logistic, poisson
* digits: 6
clear
input y x n
1 1 12
0 1 8
1 0 5
0 0 15
end
quietly logit y x [fw=n]
assert reldif(_b[x], ln(12*15/(8*5))) < 1e-8
assert reldif(_se[x], sqrt(1/12 + 1/8 + 1/5 + 1/15)) < 1e-6
assert reldif(_b[_cons], ln(5/15)) < 1e-8
assert reldif(e(ll), 12*ln(.6) + 8*ln(.4) + 5*ln(.25) + 15*ln(.75)) < 1e-10
display %8.5f exp(_b[x])
quietly logistic y x [fw=n]
assert reldif(_b[x], ln(12*15/(8*5))) < 1e-8
quietly poisson n x if y
assert reldif(_b[x], ln(12/5)) < 1e-8
assert reldif(_se[x], sqrt(1/12 + 1/5)) < 1e-6
