* source: FORMAT-estimation 6.5
* covers: rolling
* digits: 6
set obs 40
generate t = _n
generate y = sin(t)
capture noisily rolling, window(30) clear: regress y t
tsset t
capture noisily rolling, window(30): regress y t
rolling, window(30) clear: regress y t
list in 1/3
clear
set obs 24
generate id = 1 + (_n > 12)
generate t = mod(_n - 1, 12) + 1
generate y = t^2 + id
tsset id t
preserve
rolling m=r(mean), window(4) stepsize(4) clear double nodots: summarize y
list
restore, preserve
rolling m=r(mean), window(8) recursive start(2) end(11) clear nodots nolegend: summarize y
list
restore
rolling m=r(mean), window(10) rrecursive clear nodots reject(r(mean) > 60): summarize y
list
