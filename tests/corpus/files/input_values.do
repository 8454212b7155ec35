* source: LANGUAGE 11, values typed in the file
* covers: input, infile, insheet, outsheet
clear
input byte id str8 name double x
1 "ann b" 1.5
2 bob .
3 cy -2e3
end
list, noobs
outsheet using out.csv, comma
type out.csv
insheet using out.csv, clear
assert x == -2000 in 3
describe, simple
outsheet using out.txt, nonames nolabel replace
type out.txt
infile id2 str8 name2 x2 using out.txt, clear
list, noobs
