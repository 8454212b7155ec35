* source: FORMAT-data 12 (cd and pwd print the path, no match prints nothing, r(170), r(601)); sums of POSIX cksum:
* source: that of "123456789" without an end of line is 930766865, of nothing 4294967295
* covers: pwd, cd, ls, dir, rm, checksum, mkdir
mkdir here
quietly cd here
quietly pwd
display substr("`c(pwd)'", -5, .)
file open h using digits.txt, write
file write h "123456789"
file close h
file open h using empty.txt, write
file close h
ls, wide
dir *.txt, wide
ls nosuch*
checksum digits.txt
return list
checksum empty.txt, save
type empty.txt.sum
capture noisily checksum empty.txt, save
display _rc
checksum digits.txt, saving(sums.txt, replace)
type sums.txt
capture noisily checksum nosuch.txt
display _rc
rm digits.txt
capture confirm file digits.txt
display _rc
capture noisily rm digits.txt
display _rc
