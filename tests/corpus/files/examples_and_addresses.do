* source: FORMAT-data 12 (the data label in parentheses); Potthoff and Roy (1964): 27 children, 16 of them boys, at ages 8, 10, 12
* source: and 14, means of girls 21.18 22.23 23.09 24.09; sleepstudy as lme4 has it: 10 days, mean reaction 298.51
* covers: sysuse, webuse, webuse set, webuse query
sysuse orthodont
tabulate female if age == 8
tabstat distance if female == 1, by(age) format(%9.2f) nototal
replace distance = 0 in 1
capture noisily sysuse sleepstudy
display _rc
sysuse sleepstudy, clear
summarize reaction
capture noisily sysuse nosuchdata, clear
display _rc
describe, short
webuse query
webuse set example.org/data
webuse set http://example.org/data/
webuse set
