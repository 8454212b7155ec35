* source: LANGUAGE 2.2 (arguments of programs and do-files, what args leaves)
* covers: args, do, include, run, program, macro shift
program show
    args a b c
    display `"[`a'] [`b'] [`c'] [`0'] [`*']"'
    while "`1'" != "" {
        display "`1'"
        macro shift
    }
end
show one "two three" four five
show
file open f using inner.do, write replace
file write f "args first second" _n "display " `"""' "\`first'-\`second'" `"""' _n "local left 1" _n
file close f
do inner a "b c"
display "[`left']"
run inner x y
include inner.do
display "[`left']"
capture noisily do nosuch
display _rc
