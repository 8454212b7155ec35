* source: differences of dates by hand
* covers: generate, format, bysort, collapse
clear
input id str10 begin str10 end
1 "2012-01-30" "2012-02-02"
1 "2012-03-01" "2012-03-01"
2 "2011-12-31" "2012-01-01"
end
foreach v in begin end {
    generate `v'_d = date(`v', "YMD")
    format `v'_d %td
    drop `v'
}
generate days = end_d - begin_d + 1
bysort id (begin_d): generate gap = begin_d - end_d[_n-1]
list, noobs
assert days == 4 in 1
assert gap == 28 in 2
collapse (sum) days (count) spells = days, by(id)
list, noobs
