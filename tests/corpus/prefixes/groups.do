* source: group means and counts by hand
* covers: statsby, by, bysort, collapse
clear
input g x
1 1
1 3
2 10
2 20
2 30
end
bysort g: summarize x
by g: generate n = _N
by g (x), sort: generate first = x[1]
quietly statsby mean = r(mean) n = r(N), by(g) clear: summarize x
list, noobs
assert mean == 2 in 1
assert mean == 20 in 2
