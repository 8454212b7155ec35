* source: values by hand
* covers: reshape long, reshape wide, append
clear
input id x1 x2 x3
1 5 6 7
2 8 . 9
end
reshape long x, i(id) j(time)
list, noobs sepby(id)
drop if x == .
reshape wide x, i(id) j(time)
list, noobs
save wide
clear
set obs 1
generate id = 3
generate x1 = 1
append using wide
list, noobs
generate source = _n > 1
count if source
