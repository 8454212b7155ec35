* source: [MI] for what the commands do; layouts from memory (docs/quirks.md); figures by hand
* covers: mi set, mi register, mi passive, mi xeq, mi convert, mi misstable, mi varying, mi extract, mi update
set obs 8
generate byte id = _n
generate byte female = mod(_n, 2)
generate bmi = 20 + _n
replace bmi = . in 2
replace bmi = . in 5
generate age = 30 + 5*_n
replace age = . in 5
replace age = .a in 8
label variable bmi "Body mass index"
mi set mlong
mi register imputed bmi age
mi register regular id female
mi set M = 2
misstable nested
mi misstable summarize
mi misstable patterns
mi misstable patterns, exmiss
* what an imputation would fill in
replace bmi = 20 + 2*_mi_m if _mi_m > 0 & bmi == .
replace age = 40 + _mi_m if _mi_m > 0 & age == .
mi varying
mi passive: generate high = bmi > 25 if bmi < .
mi passive: egen total = rowtotal(bmi age) if age < .
mi xeq 0 2: summarize bmi age
mi xeq 1: quietly regress bmi age; display %9.4f _b[age]
list, sepby(_mi_m)
mi convert wide, clear
list id bmi _1_bmi _2_bmi _1_high _2_high in 1/5
replace _1_age = 99 in 1
mi update
mi convert flong, clear
count
tabulate _mi_m _mi_miss, missing
summarize bmi if _mi_m == 2
* the original data are corrected: the imputations follow
replace bmi = 27 if id == 2 & _mi_m == 0
drop if id == 7
mi update
mi passive: replace high = bmi > 25 if bmi < .
list id bmi age high _mi_m if inlist(id, 2, 5), sepby(_mi_m)
capture noisily mi passive: replace female = 1
capture noisily mi register passive bmi
capture noisily mi set wide
capture noisily mi xeq 3: summarize
mi unregister age
mi set m -= (1)
mi extract 1, clear
list
capture noisily mi update
