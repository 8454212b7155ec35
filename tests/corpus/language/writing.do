* source: LANGUAGE 9 and 11 (directives of SMCL as text, text files, posted results)
* covers: display, file write, file read, postfile, post, postclose, input, levelsof, rename
display "{hline 30}"
display as text "{hline 10}{c TT}{hline 19}"
display as text "{ralign 9:Mean} {c |} " as result %9.3f 2.5
display "{bf:bold} {it:plain}{col 20}column{space 2}{dup 3:ab}"
clear
input id str8 name score
1 "ann b" 2.5
2 bob .
3 cy 4
end
rename (id score) (person s_*)
rename *, upper
describe, simple
rename *, lower
levelsof person, local(people)
file open out using table.txt, write replace
file write out "person" _tab "name" _n
foreach p of local people {
    file write out (`p') _tab (name[`p']) _n
}
file close out
file open in using table.txt, read
file read in line
while r(eof) == 0 {
    display `"`line'"'
    file read in line
}
file close in
postfile results draw mean using draws, replace
forvalues i = 1/3 {
    post results (`i') (`i'^2)
}
postclose results
use draws, clear
list, noobs clean
