* source: notes as the manual shows them (numbers and names)
* covers: notes, char, label, describe
set obs 1
generate x = 1
label variable x "A number"
notes: for the data
notes x: about x
notes x: more about x
notes
notes drop x in 1
notes list x
char x[unit] kg
display "`x[unit]'"
char list x[unit]
label define yn 0 "no" 1 "yes"
label values x yn
label list yn
label define yn 2 "maybe", add
label dir
capture noisily label define yn 0 "never"
display _rc
list
