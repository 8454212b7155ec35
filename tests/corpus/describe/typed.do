* source: the manual's ttesti 24 62.6 15.8 75 (t = -3.8448), cii 166 19509 4379 (18837.93, 20180.07), prtesti 50 .52 .70 (z = -2.7775), tabi 30 18 \ 38 14 (0.289)
* source: limits of cii 10 1 and cii 40 31 by quantiles of scipy.stats.beta and chi2, sdtesti by f and chi2; layouts of FORMAT-data.md 8, 10, 11
* covers: ttesti, sdtesti, prtesti, cii, tabi, xttrans, gsort
ttesti 24 62.6 15.8 75
ttesti 20 20 5 32 15 4
ttesti 20 20 5 32 15 4, unequal
return list
sdtesti 75 . 6.5 10
sdtesti 75 3 6.5 65 4 7.5
prtesti 50 .52 .70
prtesti 30 .4 45 .67
prtesti 30 4 45 17, count
cii 166 19509 4379
cii 10 1
cii 20 4, wilson
cii 40 31, poisson
return list
tabi 30 18 \ 38 14
tabi 30 18 38 \ 13 7 22, all nofreq row
tabi 1 2 \ 3 4, replace
list
clear
input id t x
1 1 0
1 2 1
1 3 1
2 1 0
2 2 0
2 3 1
3 1 1
3 2 0
3 3 0
end
xtset id t
label define l 0 low 1 high
label values x l
xttrans x
xttrans x, freq
gsort -x id, generate(g)
list
capture noisily ttesti 1 2
capture noisily cii 10 11
capture noisily tabi 1 2
capture noisily prtesti 10 2 .5
