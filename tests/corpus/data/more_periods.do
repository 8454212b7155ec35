* source: by definition: tsappend puts periods behind the last one of each panel, a step of xtset's delta() apart
* covers: tsappend, xtset, tsset, list
clear
input id byte t x
1 1 5
1 2 6
2 99 7
end
capture noisily tsappend, add(2)
display _rc
xtset id t
tsappend, add(2)
describe t
list, sepby(id)
tsappend, add(1) panel(2)
count if id == 2
capture noisily tsappend
display _rc
capture noisily tsappend, last(5)
display _rc
clear
set obs 3
generate m = ym(2010, 2*_n)
format m %tm
tsset m, delta(2)
tsappend, last(2011m1) tsfmt(tm)
list, clean
tsappend, last(2010m1) tsfmt(tm)
count
