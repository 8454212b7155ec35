* source: documentation of esttab (legend, coeflabels with options) and of outreg2 (several formats at once)
* covers: esttab, outreg2, estimates table, estout
set obs 20
generate x = mod(_n, 6)
generate y = x + mod(_n, 3)
quietly regress y x
eststo m
esttab m, coeflabels("x" "Rounds x" _cons "Start", nolast) cells("b(fmt(3) star) se(par fmt(2))") legend collabels(none)
esttab m, nolegend
esttab m, nonotes legend
capture noisily esttab m, varlabels(x X, elist(x rule))
outreg2 [m] using both.doc, replace word excel dec(2)
type both.xls
capture noisily outreg2 [m] using both, word excel
label variable x "Rounds of the game"
generate byte g = mod(_n, 2)
label define g 0 "odd" 1 "even"
label values g g
quietly regress y x i.g
estimates store n, title("Second")
estimates table m n, label b(%7.3f) se stats(N)
estimates table m n, label varwidth(14) b(%6.2f)
estout m n, cells(b(fmt(2))) mlabels(, titles)
estout m n, cells(b(fmt(2))) mlabels(, depvars)
