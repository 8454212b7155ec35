* source: LANGUAGE 10.2 (settings that do-files begin with are silent; set without a value is r(198))
* covers: set, capture
set more off
set memory 100m
set matsize 800
set virtual on
set maxvar 5000
set scheme s2color
set graphics off
set varabbrev on
set output inform
set dp period
set rmsg off
set seed 12345
set logtype text
set type double
set niceness 5
capture noisily set
display _rc
capture noisily set nosuch on
display _rc
capture noisily set linesize 9
display _rc
capture noisily set more maybe
display _rc
set more off, permanently
set output proc
display "no echo before this"
set output inform
display "echo again"
