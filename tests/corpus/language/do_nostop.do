* source: [R] do (nostop: the do-file goes on after an error, each return code shown where the line was run)
* covers: do, run
file open f using inner.do, write replace
file write f "display 1" _n "nosuch" _n "foreach x in 1 2 {" _n "display \`x' / a" _n "}" _n "display 2" _n
file close f
do inner, nostop
run inner, nostop
display _rc
capture noisily do inner, nosuch
display "after"
do inner
display "not reached"
