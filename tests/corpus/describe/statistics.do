* source: layouts of FORMAT-data.md 8 to 11; figures against numpy and pandas in tests/commands/describe
* covers: tabstat, table, correlate, pwcorr, misstable, inspect, lookfor, xtsum, xttab, xtdescribe, alpha, oneway, proportion, total, prtest
set obs 20
generate id = int((_n - 1) / 4) + 1
generate t = mod(_n - 1, 4)
generate score = 50 + 3 * id + mod(7 * _n, 11)
generate other = score / 2 + mod(5 * _n, 7)
generate byte smoke = mod(_n, 3) == 0
label define smoke 0 "Nonsmoker" 1 "Smoker"
label values smoke smoke
label variable smoke "smokes now"
tabstat score other, statistics(mean sd q)
tabstat score, by(smoke) statistics(n mean)
tabstat score other, by(smoke) statistics(mean sd) nototal
table smoke, contents(freq mean score sd score)
table id smoke, contents(mean score) format(%7.2f) row
tabulate smoke, summarize(score)
tabulate id smoke if id < 3, summarize(score) nostandard
correlate score other t, means
pwcorr score other t, sig star(.05)
oneway score smoke
prtest smoke == .5
proportion smoke
total smoke
alpha score other, std item
drop in 12
xtset id t
xtsum score
xttab smoke
xtdescribe
replace other = . in 1/3
misstable summarize
misstable patterns
inspect score
lookfor SMOKES
