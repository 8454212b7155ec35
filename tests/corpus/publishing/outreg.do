* source: the results of regress
* covers: outreg, ksmirnov, nptrend, btscs
* digits: 6
sysuse sleepstudy, clear
generate late = days > 4
label variable late "Late days"
quietly regress reaction days
outreg using table, replace se 3aster coefastr bdec(2) ctitle(One)
quietly regress reaction days late
outreg using table, append se 3aster coefastr bdec(2) ctitle(Two)
type table.out
outreg late using other, replace nolabel 10pct
type other.out
ksmirnov reaction, by(late)
nptrend reaction, by(days)
generate event = mod(_n, 4) == 0
btscs event days subject, generate(since)
list subject days event since in 1/10, noobs
