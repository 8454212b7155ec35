* source: counts and chi-squared by hand: 20 * (8*6 - 2*4)^2 / (10*10*12*8)
* covers: tabulate, table, return list
* digits: 6
clear
input a b n
0 0 8
0 1 2
1 0 4
1 1 6
end
tabulate a b [fw=n], chi2 row
return list
assert reldif(r(chi2), 20*(8*6-2*4)^2/(10*10*12*8)) < 1e-12
tabulate a [fw=n]
tabulate b [fw=n], nofreq
tabulate a, generate(d)
list d1 d2, noobs clean
tabulate a if a > 5
