* source: values by hand
* covers: egen, bysort, tabulate, list
clear
input g x
1 3
1 1
2 5
2 .
2 5
end
egen mean = mean(x), by(g)
egen n = count(x), by(g)
egen rank = rank(x)
egen group = group(g x)
egen tag = tag(g)
egen med = median(x)
egen sd = sd(x), by(g)
egen iqr = iqr(x)
egen seq = seq(), from(1) to(2)
egen cut = cut(x), at(0 2 4 6)
egen std = std(x)
list g x mean n rank group tag, noobs
list med sd iqr seq cut, noobs
assert mean == 2 if g == 1
assert reldif(sd, sqrt(2)) < 1e-6 if g == 1
quietly summarize std
assert abs(r(mean)) < 1e-7 & abs(r(sd) - 1) < 1e-6
