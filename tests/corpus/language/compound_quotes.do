* source: LANGUAGE 2.3 (quotes in quotes) and 2.2 (what definitions keep of them)
* covers: local, display, if, foreach, global
local a "plain"
local b `"say "hello" twice"'
local c "one" "two"
display `"`a'|`b'|`c'"'
if `"`b'"' == `"say "hello" twice"' display "equal"
if `"`nosuch'"' == "" display "empty"
foreach w in "a b" `"c "d" e"' f {
    display `"<`w'>"'
}
local n : word count `c'
display `n'
global path "C:/data"
display "${path}/file.dta"
local list `""first item" "second""'
foreach item of local list {
    display "`item'"
}
local esc "\$notexpanded"
display "`macval(esc)'"
