* source: LANGUAGE 3 (macro functions of data, matrices, results and the machine)
* covers: local, label, char, matrix
set obs 3
generate byte sex = _n - 1
generate double weight = 1.5
label variable sex "Sex of child"
label define s 0 "girl" 1 "boy"
label values sex s
label data "A study"
char sex[unit] none
format weight %6.1f
sort sex
foreach f in "type sex" "type weight" "format weight" "value label sex" "variable label sex" "data label" "sortedby" {
    local r : `f'
    display "`f': `r'"
}
local r : label (sex) 1
display "`r'"
local r : label s 0
display "`r'"
local r : label (sex) 2
display "`r'"
local r : label (sex) 2, strict
display "[`r']"
local r : char sex[unit]
display "`r'"
local r : char sex[]
display "`r'"
matrix A = (1, 2 \ 3, 4)
matrix rownames A = a eq:b
matrix colnames A = weight _cons
local r : rownames A
display "`r'"
local r : rowfullnames A
display "`r'"
local r : roweq A
display "`r'"
local r : colnames A
display "`r'"
local r : rowsof A
display "`r'"
local r : colnumb A _cons
display "`r'"
quietly summarize weight
local r : r(scalars)
display "`r'"
local r : tsnorm l1d.x
display "`r'"
local r : permname sex
display "`r'"
capture local r : nosuch function
display _rc
