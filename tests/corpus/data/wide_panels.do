* source: lags, means and growth by hand
* covers: reshape, xtset, bysort, egen, tsfill, generate
clear
input str1 country y2000 y2001 y2003
"A" 100 110 121
"B" 50 . 60
end
reshape long y, i(country) j(year)
encode country, generate(id)
xtset id year
generate growth = (y - L.y)/L.y
list country year y growth, noobs sepby(country)
assert reldif(growth, .1) < 1e-6 if country == "A" & year == 2001
tsfill
count
bysort id (year): replace y = y[_n-1] if missing(y)
by id: egen mean = mean(y)
assert reldif(mean, (100 + 110 + 110 + 121)/4) < 1e-6 if id == 1
tabulate year if id == 2
