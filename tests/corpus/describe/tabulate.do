* source: FORMAT-data.md 8 (printed tables); chi-squared and Fisher's test by scipy.stats (tests/commands/describe/test_tabulate.py)
* covers: tabulate, tab1, tab2, by
set obs 4
generate byte race = 1 + (_n > 2)
generate byte low = mod(_n - 1, 2)
generate n = 73
replace n = 23 in 2
replace n = 57 in 3
replace n = 36 in 4
label define race 1 "white" 2 "black"
label values race race
label variable low "birthweight<2500g"
tabulate race [fweight=n]
tabulate race low [fweight=n], row column chi2 exact
tabulate race low [fweight=n], all
tabulate low race [fweight=n], expected cell nokey
expand n
tab1 race low if low < .
tab2 race low, nofreq gamma
bysort race: tabulate low
replace low = . in 1/3
tabulate low, missing sort
tabulate race, generate(r) plot
capture noisily tabulate race, row
capture noisily tabulate race low race
