* source: [MV] factor postestimation (estat kmo, estat smc; layouts from memory); squared correlations of regress and pcorr by hand
* covers: estat kmo, estat smc, factor, pca
set obs 60
generate f = mod(_n * 7, 13)
forvalues i = 1/4 {
    generate q`i' = f + mod(_n * (`i' + 3), 5 + `i')
}
quietly factor q1-q4
estat smc
return list
matrix S = r(smc)
estat kmo
return list
matrix K = r(kmow)
quietly regress q1 q2-q4
assert reldif(e(r2), S[1, 1]) < 1e-10
scalar simple = 0
scalar partial = 0
foreach v in q2 q3 q4 {
    quietly correlate q1 `v'
    scalar simple = simple + r(rho)^2
}
foreach v in q2 q3 q4 {
    local others q2 q3 q4
    local others : list others - v
    quietly regress q1 `others'
    quietly predict double a, residuals
    quietly regress `v' `others'
    quietly predict double b, residuals
    quietly correlate a b
    scalar partial = partial + r(rho)^2
    drop a b
}
assert reldif(simple / (simple + partial), K[1, 1]) < 1e-8
quietly pca q1-q4
estat kmo, format(%9.6f)
quietly regress q1 q2
capture noisily estat kmo
generate q5 = q1 + q2
quietly pca q1 q2 q5
capture noisily estat smc
