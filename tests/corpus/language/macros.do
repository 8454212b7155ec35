* source: LANGUAGE 2 and 3 (expansion, definitions, macro functions, lists)
* covers: local, global, macro list, macro drop, macro shift
local i 3
local a1 one
local name a1
display "`a1' ``name'' `=`i'*2' `++i' `i++' `i'"
global dir data
global which dir
display "$dir ${dir}set $$which"
local text "quoted once"
local more "two" "pieces"
display `"`text'|`more'"'
local third = 1/3
local tenth = 1.1*10
display "`third' `tenth'"
local long : display %9.2f 3.14159
display "[`long']"
local fruit apple pear apple fig
local unique : list uniq fruit
local sorted : list sort fruit
local rest : list fruit - unique
local both : list unique & rest
display "`unique'|`sorted'|`rest'|`both'|`: list sizeof fruit'"
local second : word 2 of `fruit'
local count : word count `fruit'
local swapped : subinstr local fruit "apple" "plum", all
display "`second' `count' `swapped'"
local later \`second'
local second changed
display "`later'"
local debug "*"
`debug' display "a macro that stands for a comment"
macro drop _all
display "[`fruit'$dir]"
local keep 1
macro list _keep
capture noisily macro list _gone
