* source: the manual's example of two fuels (t = -2.2444, p = 0.0463; signed ranks z = -1.973); layouts of FORMAT-estimation.md 4.5
* covers: ttest, signrank, sdtest, ranksum, kwallis, spearman, ktau, swilk, sktest, ci, centile, mean
set obs 12
generate mpg1 = real(word("20 23 21 25 18 17 18 24 20 24 23 19", _n))
generate mpg2 = real(word("24 25 21 22 23 18 17 28 24 27 21 23", _n))
ttest mpg1 == mpg2
signrank mpg1 = mpg2
return list
ttest mpg1 == 20
ttest mpg1 == mpg2, unpaired unequal
generate third = mod(_n, 2)
label define third 0 "even" 1 "odd"
label values third third
ttest mpg1, by(third)
sdtest mpg1, by(third)
ranksum mpg1, by(third)
kwallis mpg1, by(third)
spearman mpg1 mpg2
ktau mpg1 mpg2
swilk mpg1 mpg2
sktest mpg1 mpg2
ci mpg1 mpg2
centile mpg1, centile(25 50)
mean mpg1 mpg2, over(third)
bysort third: ttest mpg1 == mpg2
capture noisily ttest mpg1, by(mpg2)
