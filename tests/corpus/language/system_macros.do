* source: LANGUAGE 15.16 (macros that are there without being set; scripts print them)
* covers: global, macro list, display
assert "$S_DATE" == "`c(current_date)'"
assert length("$S_TIME") == 8
display "$S_level ${S_level}% [$S_FN]"
set obs 2
generate x = _n
quietly save kept
use kept, clear
display "$S_FN"
assert "$S_FNDATE" == "`c(filedate)'"
global S_level mine
display "$S_level"
macro drop S_level
display "$S_level"
