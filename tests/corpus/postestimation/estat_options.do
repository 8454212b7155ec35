* source: FORMAT-estimation 2.4-2.6, 3.5 (layouts); the options narrow what is shown there
* covers: estat ic, estat vce, estat summarize, lrtest
sysuse sleepstudy
quietly xtmixed reaction days || subject:
estimates store intercepts
quietly xtmixed reaction days || subject: days
estimates store slopes
estat ic, df(3)
estat ic, n(18) df(3)
matrix list r(S)
estat vce, equation(reaction)
estat vce, equation(#1 lnsig_e) correlation
capture noisily estat vce, equation(nosuch)
estat summarize reaction, noheader
lrtest intercepts slopes, dir
lrtest intercepts, dir stats
