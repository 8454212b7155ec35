* source: FORMAT-data 7 (labelbook, label language, numlabel); facts and clusters by hand
* covers: numlabel, labelbook, label language, expandcl
set obs 4
generate occ = _n
generate byte two = mod(_n, 2)
label define occ 0 "Armed forces" 1 "Managers of shops" 2 "Managers of shows" 999 "No data" .a "refused"
label values occ occ
label define yesno 0 "0" 1 " yes"
label values two yesno
label variable occ "Occupation"
label data "Jobs"
labelbook
labelbook occ, alpha length(20) list(2)
return list
capture noisily labelbook nosuch
capture noisily labelbook, problems
numlabel occ, add
label list occ
numlabel occ, remove
numlabel yesno, add mask("[#] ") detail
capture noisily numlabel occ, remove
numlabel occ, remove force
capture noisily numlabel occ, add mask("x")
capture noisily numlabel occ
label list
label language
label language en, rename
label language fr, new
describe
label variable occ "Métier"
label define travail 1 "chef"
label values occ travail
label language en
describe
label language de, new copy
label language
return list
label language fr
describe
capture noisily label language it
capture noisily label language en, new
label language fr, delete
label language de, delete
capture noisily label language en, delete
describe
generate g = cond(_n < 3, 1, 5)
generate w = cond(g == 1, 3, 1)
expandcl w, cluster(g) generate(id)
list occ g id, nolabel
capture noisily expandcl occ, cluster(g) generate(z)
capture noisily expandcl 2, cluster(g)
