* source: joins by hand
* covers: joinby, cross, append, merge, isid
clear
input id a
1 10
2 20
end
save left
clear
input id b
1 1
1 2
3 3
end
save right
use left, clear
isid id
joinby id using right
list, noobs
use left, clear
merge 1:m id using right
list, noobs
use left, clear
rename id one
cross using right
count
use right, clear
capture noisily isid id
display _rc
append using left, generate(from)
tabulate from
capture noisily merge 1:1 id using left
display _rc
