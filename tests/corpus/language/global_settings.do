* source: values asserted in the file; head of a replication file
* covers: version, clear, set, macro drop, capture, log, cd, global
version 12
clear all
macro drop _all
set more off
capture log close
global root "`c(pwd)'"
capture mkdir "$root/out"
quietly cd out
quietly log using run.log, replace text
display "working"
quietly log close
quietly cd ..
assert "`c(pwd)'" == "$root"
capture confirm file "$root/out/run.log"
display _rc
file open f using "$root/out/run.log", read
file read f line
file read f line
file read f line
display `"`line'"'
file close f
