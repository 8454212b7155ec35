* source: [MI] for what the commands do; layouts from memory (docs/quirks.md); figures by hand
* covers: mi import, mi reshape, mi append, mi merge, mi expand, mi reset, mi rename, mi add, mi export, misstable nested
input id y1 y2 a1y2 a2y2
1 5 7 7 7
2 6 . 8 9
3 4 6 6 6
end
mi import wide, imputed(y2=(a1y2 a2y2)) drop clear
mi register imputed y1
mi register regular id
list
mi convert mlong, clear
list, sepby(_mi_m)
save visits
mi reshape long y, i(id) j(visit)
list, sepby(_mi_m)
mi passive: by id (visit), sort: generate change = y - y[_n-1]
mi xeq 1 2: list id change if change < ., noobs
mi reshape wide y change, i(id) j(visit)
mi rename y2 last
list, sepby(_mi_m)
use visits, clear
mi add id using visits
mi reset y2 = 10, m(3 4)
mi xeq: list y2 if id == 2, noobs noheader
* another centre, without imputations
clear
input id y1 y2 site
4 3 . 2
5 9 9 2
end
save centre
use visits, clear
mi append using centre, generate(new)
list, sepby(_mi_m)
clear
input id group
1 1
2 2
4 1
end
save groups
use visits, clear
mi merge 1:1 id using groups, generate(from)
mi register regular group
list, sepby(_mi_m)
capture noisily mi merge 1:1 id using groups, assert(match)
capture noisily mi merge 1:1 y2 using visits
mi expand 2 if id == 2
list, sepby(_mi_m)
capture noisily mi expand
expand 2
capture noisily mi update
use visits, clear
mi export ice, clear
list, sepby(_mj)
mi import ice, automatic clear
mi xeq 2: list
capture noisily mi import nhanes1
capture noisily mi stsplit
