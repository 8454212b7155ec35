* source: the manual's descriptions of outfile, infile, filefilter and hexdump; counts by hand
* covers: outfile, infile, filefilter, hexdump
set obs 3
generate str12 name = "Carl Marks"
quietly replace name = `"a "q" b"' in 2
quietly replace name = "" in 3
generate empno = 57213 + _n
generate x = _n/3
quietly replace x = .a in 2
quietly replace x = . in 3
generate byte sex = mod(_n, 2)
label define sex 0 "male" 1 "female"
label values sex sex
label variable name "Employee's name"
format x %9.2f
outfile using plain
type plain.raw
outfile using plain, comma replace
type plain.raw
outfile using plain, comma missing nolabel noquote replace
type plain.raw
outfile name x using plain, rjs replace
type plain.raw
outfile name using together, runtogether
type together.raw
outfile name using plain, fjs replace
type plain.raw
outfile using both, dictionary
type both.dct
capture noisily outfile using both, dictionary
capture noisily outfile x using other, runtogether
* what was written comes back; without automatic a text is no number
infile using both, automatic clear
list
label list
label drop _all
capture noisily infile using both, clear
drop _all
label define sex 4 "female" 5 "male"
infile using both
list sex, nolabel
* ten values do not fit into 80 columns; by variable the first five are one variable
clear
input a b c d e f g h i j
1 2 3 4 5 6 7 8 9 10
end
outfile using wide
type wide.raw
infile p q using wide, byvariable(5) clear
list
capture noisily infile using both, byvariable(3) clear
* numbers are 9 wide: 8*9 + 7 blanks between and 2*9 + 1 are 98 characters, 11 of them digits
filefilter wide.raw tabs.raw, from(" ") to("\t")
display r(occurrences) " " r(bytes_from) " " r(bytes_to)
capture noisily filefilter wide.raw tabs.raw, from(" ") to("\t")
capture noisily filefilter wide.raw wide.raw, from(" ") to("\t") replace
capture noisily filefilter wide.raw other.raw, from("") to("\t")
capture noisily filefilter wide.raw other.raw, to("\t")
filefilter tabs.raw dos.raw, from("\U") to("\W")
hexdump dos.raw
hexdump dos.raw, from(80) to(87) noextended
hexdump dos.raw, analyze
return list
hexdump dos.raw, analyze tabulate results
assert r(c9) == 87 & r(c48) == 1 & r(c49) == 2
capture noisily hexdump dos.raw, tabulate
capture noisily hexdump nothere.raw
