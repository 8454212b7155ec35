* source: FORMAT-estimation 3.1 to 3.4 and 3.6; chi2 < 0 lines and columns of mtest are ours
* covers: lincom, nlcom, testnl, predictnl, test, testparm, hausman, lrtest
sysuse hsb82
quietly xtmixed mathach ses cses i.minority || school:
lincom ses - 5*cses
lincom ses + 2*1.minority + 3, level(90)
lincom _cons, eform cformat(%8.2f) pformat(%4.2f) sformat(%5.1f)
lincom ses, df(10)
return list
lincom ses, or
lincom ses, hr
lincom ses, irr
lincom ses, rrr
capture noisily lincom ses*cses
capture noisily lincom foo
capture noisily lincom ses cses
capture noisily lincom 3
capture noisily lincom
nlcom _b[ses]/_b[cses]
nlcom (ratio: _b[ses]/_b[cses]) (exp([lns1_1_1]_b[_cons])), level(90) df(20) noheader cformat(%8.3f)
nlcom (ratio: _b[ses]/_b[cses]) (exp([lns1_1_1]_b[_cons])), post pformat(%4.2f) sformat(%5.1f) iterate(50)
test ratio = 3
ereturn display
quietly xtmixed mathach ses cses i.minority || school:
capture noisily nlcom _b[foo]
capture noisily nlcom (a: _b[ses]) (a: _b[cses])
capture noisily nlcom log(-exp(_b[ses]))
testnl _b[ses]/_b[cses] = 5
testnl (_b[ses] = _b[cses] = 2) (exp(_b[1.minority]) = 0.1)
testnl _b[ses]*_b[cses] = 1, df(30) iterate(50)
return list
capture noisily testnl _b[ses]
test (ses = 1) (cses = -1), mtest(bonferroni)
test ses cses 1.minority, mtest(holm)
test ses cses, mtest
return list
testparm ses cses, mtest(sidak)
predictnl double p = predict() + exp(_b[ses]/10), se(s) variance(v) ci(lo hi) p(pv) wald(w) level(90)
predictnl q = predict(xb) in 1/7000, se(sq) df(30) iterate(10)
summarize p s v lo hi pv w q sq
estimates store a
quietly xtmixed mathach ses i.minority || school:
hausman a, equations(1:1)
hausman a, equations(1:1) constant df(2) tconsistent(large) tefficient(small)
return list
quietly regress mathach ses cses
lincom ses - cses
nlcom _b[ses]/_b[cses]
testnl _b[ses] = 2*_b[cses]
test ses cses, mtest(b)
capture noisily hausman a .
hausman a ., equations(1:1)
quietly xtmixed mathach ses cses || school:, reml
estimates store r1
quietly xtmixed mathach ses || school: ses, reml covariance(unstructured)
lrtest r1
