* source: LANGUAGE 13.3 (forms of numlists) and 6 (messages)
* covers: numlist, foreach, forvalues
foreach list in "2" "1 2 3" "3 2 1" ".5 1" "1/4" "4/1" "2(3)11" "10(-2)4" "2[3]11" "1 2 to 5" "1 2:5" "4 3 to 1" "5 10 : 30" "1 3/5 7(2)11" "-1/1" {
    numlist "`list'"
    display "`list' -> `r(numlist)'"
}
numlist "3 1 2", sort
display "`r(numlist)'"
capture noisily numlist "1 x"
display _rc
capture noisily numlist "1", min(2)
display _rc
capture noisily numlist "1/3", max(2)
display _rc
capture noisily numlist "2 1", ascending
display _rc
capture noisily numlist "0 1", range(>0)
display _rc
capture noisily numlist "1.5", integer
display _rc
capture noisily numlist "1 ."
display _rc
numlist "1 .", missingokay
display "`r(numlist)'"
