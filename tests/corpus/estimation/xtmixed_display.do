* source: FORMAT A2, A5 to A8; figures of sleepstudy against lme4 in tests/conformance
* covers: xtmixed, xtmixed estmetric, mixed, ereturn list, matrix list
sysuse sleepstudy, clear
xtmixed reaction days || subject: days, cov(un)
xtmixed
xtmixed, variance level(90) noheader
xtmixed, estmetric nogroup
xtmixed, estmetric coeflegend noheader
xtmixed, coeflegend noheader nolrtest norettable
xtmixed, noheader nofetable cformat(%8.3f)
ereturn list
matrix list e(b)
display e(ll) " " _b[days] " " _se[days] " " [lns1_1_1]_cons
count if e(sample)
xtmixed (reaction days) (subject: days, cov(exchangeable)), reml nolog
xmixed, variance noheader nofetable
xtmixed reaction days || subject: days, cov(identity) nolog
mixed reaction days || subject:, nolog nogroup
mixed, stddev noheader nofetable
xtmixed reaction days, nolog
xtmixed reaction days || subject:, noconstant nolog
xtmixed reaction || subject:, nolog
