* source: values by hand
* covers: egen, bysort, generate, xtile, recode
clear
input hh person income
1 1 100
1 2 50
2 1 30
2 2 30
2 3 .
end
bysort hh: egen total = total(income)
by hh: generate size = _N
generate share = income/total
bysort hh (income): generate poorest = _n == 1
egen first = tag(hh)
list, noobs sepby(hh)
assert total == 150 if hh == 1
assert reldif(share, 2/3) < 1e-6 if hh == 1 & person == 1
quietly summarize total if first
assert r(sum) == 210
egen rank = rank(income), field
list hh person income rank, noobs clean
recode income (min/40 = 1 "low") (40/max = 2 "high") (missing = .), generate(class)
tabulate class
label list class
