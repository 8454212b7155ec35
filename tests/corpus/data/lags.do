* source: values by hand
* covers: xtset, tsset, generate, list
clear
input id t x
1 1 10
1 2 12
1 4 20
2 1 5
2 2 7
end
tsset id t
generate lag = L.x
generate lead = F.x
generate change = D.x
list, noobs sepby(id)
assert lag == 10 if id == 1 & t == 2
assert missing(lag) if id == 1 & t == 4
bysort id (t): generate sum = sum(x)
by id: generate last = x[_N]
by id: generate n = _n
list id t sum last n, noobs clean
capture noisily generate bad = L.nosuch
