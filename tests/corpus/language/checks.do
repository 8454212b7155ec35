* source: LANGUAGE 4.4; how data are checked before an analysis
* covers: assert, isid, confirm, count, capture, duplicates
clear
input id age sex
1 30 0
2 41 1
3 . 0
3 200 1
end
capture isid id
if _rc {
    display "id is not unique"
    duplicates list id
}
foreach v in id age income {
    capture confirm variable `v'
    if _rc {
        display as error "`v' is missing from the file"
        continue
    }
    quietly count if missing(`v')
    display "`v': " r(N) " missing"
}
capture noisily assert inrange(age, 0, 120) if age < .
display _rc
quietly count if !inlist(sex, 0, 1)
assert r(N) == 0
replace age = . if age > 120
assert age < 120 | age == .
