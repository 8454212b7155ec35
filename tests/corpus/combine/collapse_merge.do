* source: means and counts by hand
* covers: collapse, merge, save, use, preserve, restore
clear
input id x y
1 1 10
1 3 20
2 5 30
3 7 .
end
preserve
collapse (mean) mx = x (sum) sy = y (count) n = y (max) top = x, by(id)
list, noobs
save means
restore
merge m:1 id using means
tabulate _merge
assert mx == 2 if id == 1
assert n == 0 if id == 3
drop _merge
replace id = 9 in 1
merge m:1 id using means, keep(master match) keepusing(top)
list id x top _merge, noobs
capture noisily merge 1:1 id using means
display _rc
