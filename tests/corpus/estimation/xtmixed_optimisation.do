* source: FORMAT A1 and A7; figures of sleepstudy and dyestuff2 against lme4 in tests/conformance
* covers: xtmixed, xtmixed emonly, xtmixed iterate(), estimates stats
sysuse sleepstudy, clear
xtmixed reaction days || subject: days, emlog matlog nofetable norettable
xtmixed reaction days || subject: days, emdots technique(bfgs) nofetable norettable
xtmixed reaction days || subject: days, emonly emiterate(50)
xtmixed reaction days || subject: days, nostderr cov(un) nogroup
capture noisily xtmixed reaction days || subject: days, iterate(0) nolog
display e(converged) " " e(rc) " " _rc
sysuse dyestuff2, clear
xtmixed yield || batch:
display e(rank) " " e(k) " " e(chi2_c) " " e(p_c)
estimates stats
