* source: LANGUAGE 3 (macro functions of words and lists, with their examples)
* covers: local, macro shift, tokenize, gettoken
local s : word count a "b c"
display "`s'"
local s : word 2 of a "b c"
display "`s'"
local s : word 9 of a b
display "[`s']"
local s : piece 1 5 of "two words"
display "`s'"
local x "one two two"
local s : length local x
display "`s'"
local s : subinstr local x "two" "2"
display "`s'"
local s : subinstr local x "two" "2", all count(local n)
display "`s' `n'"
local s : display %9.2f 3.14159
display "[`s']"
local A a b c b
local B b
local s : list A - B
display "`s'"
local s : list B | A
display "`s'"
local s : list A & B
display "`s'"
local s : list uniq A
display "`s'"
local s : list dups A
display "`s'"
local s : list sizeof A
display "`s'"
local s : list posof "c" in A
display "`s'"
local s : list B in A
display "`s'"
local C b c b a
local s : list A === C
display "`s'"
local s : list A == C
display "`s'"
local s : list sort A
display "`s'"
global g z y
local s : list global(g) | B
display "`s'"
tokenize a-b+c, parse("-+")
display "`1' `2' `3' `4' `5' [`6']"
tokenize a "b c" d
display "`1'|`2'|`3'"
macro shift
display "`1'|`2'|[`3']"
local rest first (a b) second
gettoken one rest : rest
display "`one'[`rest']"
gettoken two rest : rest, match(paren)
display "`two'`paren'[`rest']"
