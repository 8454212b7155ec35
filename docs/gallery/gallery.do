* The pictures of this folder, from the datasets that come with xmixed.
* Run it here: xmixed gallery.do
set graphics off

* Growth and panel data
sysuse orthodont, clear
label variable distance "Distance (mm)"
twoway connected distance age if subject <= 5, connect(L) title("The lines of five children")
graph export connected.png, replace width(600)

graph twoway (line distance age, connect(ascending)), by(female, title("Growth by sex") note(""))
graph export by.png, replace width(480)

xtset subject age
xtline distance, overlay title("Every child a line") scheme(s2color)
graph export xtline.png, replace width(420)

twoway (scatter distance age if female == 0, msymbol(Oh)) (scatter distance age if female == 1, msymbol(T)) ///
    (lfit distance age if female == 0) (lfit distance age if female == 1, lpattern(dash)), ///
    legend(order(1 "Boys" 2 "Girls" 3 "Fit, boys" 4 "Fit, girls") cols(2)) ytitle("Distance (mm)") title("Two lines of best fit")
graph export lfit.png, replace width(600)

graph bar distance, over(female) over(age) asyvars ytitle("Mean distance (mm)") title("Bars side by side") legend(rows(1))
graph export bar.png, replace width(600)

graph box distance, over(age) over(female) title("Boxes and what lies outside")
graph export box.png, replace width(600)

graph dot (median) distance, over(age) over(female) title("Medians as dots") marker(1, msymbol(D))
graph export dot.png, replace width(600)

graph hbar (mean) distance, over(age, sort(1) descending) blabel(bar, format(%4.1f)) title("Sorted bars with their values")
graph export hbar.png, replace width(600)

graph matrix distance age subject, half scheme(s1mono)
graph export matrix.png, replace width(600)

* Models
quietly xtmixed distance c.age##i.female || subject: age
estimates store Mixed
quietly margins female, at(age=(8(2)14))
marginsplot, recast(line) recastci(rarea) ytitle("Distance (mm)")
graph export marginsplot.png, replace width(600)
estat caterpillar
graph export caterpillar.png, replace width(600)
quietly regress distance c.age##i.female
estimates store Pooled
coefplot Pooled Mixed, drop(_cons) xline(0) levels(95 80) title("Coefficients of two models")
graph export coefplot.png, replace width(600)
rvfplot, yline(0) title("Residuals against fitted values")
graph export rvfplot.png, replace width(600)

* Sleep
sysuse sleepstudy, clear
label variable days "Days of sleep deprivation"
label variable reaction "Reaction time (ms)"
twoway (lfitci reaction days) (scatter reaction days, msymbol(Oh) mcolor(navy)), ///
    legend(order(3 "Data" 2 "Fit" 1 "95% CI") rows(1)) title("A fitted line with its interval") xlabel(0(1)9)
graph export lfitci.png, replace width(600)

twoway (lpolyci reaction days, degree(1)) (lowess reaction days, lpattern(dash)), title("Two smoothers") ///
    legend(order(2 "Local linear" 1 "95% CI" 3 "Lowess") rows(1)) ytitle("Reaction time (ms)")
graph export smooth.png, replace width(600)

scatter reaction days, by(subject, total title("A panel for each subject") note("")) msize(small)
graph export panels.png, replace width(600)

histogram reaction, normal kdensity title("A histogram with two densities") legend(order(1 "Data" 2 "Normal" 3 "Kernel") rows(1))
graph export histogram.png, replace width(600)

qnorm reaction, title("Quantiles against the normal")
graph export qnorm.png, replace width(600)

* Means with intervals, by diet
sysuse chickweight, clear
twoway (lpolyci weight time if diet == 1, degree(2) acolor(navy%25) lcolor(navy)) ///
    (lpolyci weight time if diet == 3, degree(2) acolor(maroon%25) lcolor(maroon)), ///
    legend(order(2 "Diet 1" 4 "Diet 3") ring(0) pos(11) cols(1)) ytitle("Weight (g)") title("Smooth growth and its bands")
graph export bands.png, replace width(600)

sysuse ergostool, clear
generate low = effort - 1
generate high = effort + 1
twoway (rcap low high subject) (scatter effort subject, msymbol(D)), by(type, title("Intervals with caps") note("")) ///
    legend(off) yline(10, lpattern(dash)) ytitle("Effort") scheme(s1mono)
graph export rcap.png, replace width(600)

* Shares
sysuse hsb82, clear
graph pie, over(minority) plabel(_all percent, format(%4.1f)) title("Shares of a whole") legend(rows(1))
graph export pie.png, replace width(600)

graph hbar (mean) minority female, over(catholic) percentages stack title("Stacked to a hundred") ///
    legend(order(1 "Minority" 2 "Female") rows(1))
graph export stacked.png, replace width(600)

scatter mathach ses if school < 2300, msize(tiny) mcolor(%50) || lowess mathach ses if school < 2300, lwidth(thick) ///
    ||, legend(off) ytitle("Mathematics score") xtitle("Socio-economic score") title("A smooth line through pupils")
graph export lowess.png, replace width(480)

* Functions, added text, a combined graph
twoway (function y = normalden(x), range(-4 4)) (function y = tden(3, x), range(-4 4) lpattern(dash)), ///
    text(.3 1.2 "Standard normal", place(e)) text(.07 2.6 "t with 3 df", place(e)) legend(off) ///
    xtitle("{it:x}") ytitle("Density") title("Two densities, named where they are") name(left)
graph export function.png, replace width(600)

sysuse cake, clear
graph bar angle, over(temperature) ytitle("Breaking angle") title("By temperature") name(right)
graph combine left right, title("Two graphs in one") rows(1) xsize(7) ysize(3.5)
graph export combine.png, replace width(700)
