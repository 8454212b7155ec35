* source: values by hand
* covers: mvdecode, mvencode, recode, egen, count
clear
input a b c
1 -9 3
-9 -9 .
4 5 .a
end
mvdecode a b, mv(-9)
count if missing(a, b, c)
egen n = rownonmiss(a b c)
egen total = rowtotal(a b c)
egen mean = rowmean(a b c)
egen worst = rowmax(a b c)
list, noobs
assert total == 4 in 1
assert total == 0 in 2
assert mean == . in 2
mvencode c, mv(-1) override
list c, noobs clean
recode a (1 = 10) (4 = 40) (. = 0), generate(r)
list a r, noobs clean
