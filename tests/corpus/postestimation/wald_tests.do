* source: FORMAT-estimation 3.1, 3.2 (layouts); manual of test (a name means all equations)
* covers: test, testparm, testnl
sysuse hsb82
generate byte group = 1 + (mathach > 8) + (mathach > 16)
quietly mlogit group cses meanses, baseoutcome(2) nolog
test cses
testparm cses meanses
testparm cses, equation(3)
test [1=3]
test [1=3], constant
test [1=3]: meanses
test [1]
test [1], constant
test [1]meanses = [3]meanses, coef
quietly regress mathach cses meanses i.catholic
test cses = meanses, coef
test meanses 1.catholic, matvlc(covariance)
matrix list covariance
test 1.catholic, df(25)
testparm cses meanses, df(25) mtest(holm)
testnl (_b[cses] = 2) (_b[meanses] / _b[cses] = 3), mtest(sidak)
quietly xtmixed mathach cses || school:
test _cons
capture noisily test [mathach = lnsig_e]
test [mathach = lnsig_e], common constant
capture noisily test cses, minimum
