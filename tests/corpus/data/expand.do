* source: counts by hand
* covers: expand, contract, duplicates, fillin, sample
clear
input id n
1 2
2 3
3 1
end
expand n
count
bysort id: assert _N == n
duplicates report id
duplicates drop id, force
fillin id n
count
tabulate _fillin
contract n
list, noobs
