* source: LANGUAGE 2.1 and 2.2 (locals of programs, globals, macros in macros)
* covers: local, global, macro drop, macro list, program
local a outer
program inner
    display "[`a']"
    local a inner
    global g from inside
end
inner
display "`a' $g"
local i 3
local x3 three
display "`x`i'' `x`=2+1''"
local name x3
display "``name''"
local j = 1
display "`++j' `j++' `j' `--j'"
local late \`i'
local i 9
display "`late'"
display "`macval(late)'"
global h g
display "$$h ${$h} ${g}!"
local long "`a' `i'"
local i
display "`long'[`i']"
macro drop g
display "[$g]"
capture noisily macro list nosuch
display _rc
capture noisily macro list _nosuch
display _rc
