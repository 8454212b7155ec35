* source: FORMAT-estimation 5.2
* covers: estimates table
* digits: 6
sysuse hsb82
quietly regress mathach ses
estimates store m1
quietly regress mathach ses minority i.female##i.catholic
estimates store m2
estimates table m1 m2
estimates table m1 m2, se stats(N r2 aic bic)
estimates table m1 m2, star stats(N)
estimates table m*, b(%7.3f) star(.1 .05 .01) keep(ses minority) title(Two models)
estimates table m2, t p drop(_cons)
quietly xtmixed mathach ses || school:
estimates store ri
quietly xtmixed mathach ses || school: ses
estimates store with_a_long_name
estimates table ri with_a_long_name, se stats(N ll aic)
estimates table m1 ri ., equations(1)
return list
estimates table, eform
