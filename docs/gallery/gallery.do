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

* Kinds of twoway
sysuse oxboys, clear
label variable height "Height (cm)"
label variable age "Age (centred)"
twoway (area height age if subject == 1, sort base(120)) (area height age if subject == 10, sort base(120)), ///
    legend(order(1 "Boy 1" 2 "Boy 10") rows(1)) title("Areas")
graph export area.png, replace width(480)

twoway (spike height age if subject == 3, base(140)) (dropline height age if subject == 9, base(140) msymbol(D)), ///
    legend(order(1 "Spikes" 2 "Drop lines") rows(1)) yline(140) title("From a base line")
graph export spike.png, replace width(480)

preserve
collapse (mean) mean=height (sd) sd=height (min) low=height (max) high=height, by(occasion)
generate lower = mean - sd
generate upper = mean + sd
label variable occasion "Occasion"
twoway (rarea low high occasion, color(navy%15)) (rbar lower upper occasion, barwidth(.5) color(navy%40)) ///
    (connected mean occasion, color(maroon)), ytitle("Height (cm)") xlabel(1(1)9) ///
    legend(order(1 "Range" 2 "One sd" 3 "Mean") rows(1)) title("Areas and bars between two values")
graph export ranges.png, replace width(480)

twoway (rspike low high occasion) (rcapsym lower upper occasion, lwidth(thick)) (rline low high occasion, lpattern(dash)), ///
    ytitle("Height (cm)") xlabel(1(1)9) legend(order(1 "Range" 2 "One sd" 3 "Its ends") rows(1)) title("Spikes, symbols, lines")
graph export rspike.png, replace width(480)

twoway (bar mean occasion, base(140) barwidth(.7)) (line sd occasion, yaxis(2) lwidth(thick)), xlabel(1(1)9) ///
    ytitle("Mean (cm)") ytitle("Standard deviation (cm)", axis(2)) legend(order(1 "Mean" 2 "Standard deviation") rows(1)) ///
    title("A second axis")
graph export axes.png, replace width(480)
restore

twoway (kdensity height if occasion == 1) (kdensity height if occasion == 5) (kdensity height if occasion == 9), ///
    legend(order(1 "First" 2 "Fifth" 3 "Ninth") rows(1)) xtitle("Height (cm)") ytitle("Density") title("Densities over time")
graph export kdensity.png, replace width(480)

twoway (qfitci height age) (scatter height age, msize(tiny) mcolor(%50)) (fpfit height age, lpattern(dash)), ///
    legend(order(3 "Boys" 2 "Quadratic" 1 "95% CI" 4 "Fractional polynomial") cols(2)) ytitle("Height (cm)") title("Curved fits")
graph export fits.png, replace width(480)

sysuse chickweight, clear
twoway (scatter weight time, msize(tiny) mcolor(gs10)) (mband weight time, bands(8)) (mspline weight time, bands(8)), ///
    legend(order(1 "Chickens" 2 "Median band" 3 "Median spline") rows(1)) ytitle("Weight (g)") title("Cross medians")
graph export medians.png, replace width(480)

twoway (pcarrowi 2 1 3 4, lwidth(thick)) (pci 1 1 4 1, lpattern(dash)) (pci 1 1 1 5, lpattern(dash)) ///
    (scatteri 2 1 (9) "from" 3 4 (3) "to", msymbol(O) msize(large)), legend(off) xlabel(0(1)5) ylabel(0(1)5) ///
    xtitle("") ytitle("") title("Points and arrows that are typed")
graph export immediate.png, replace width(480)

* Surfaces
clear
set obs 120
set seed 7
generate east = 10 * runiform()
generate north = 10 * runiform()
generate height = 100 + 20 * sin(east / 2) + 15 * cos(north / 2)
twoway (contour height north east) (scatter north east, mcolor(black) msize(tiny)), legend(on) title("Heights between points")
graph export contour.png, replace width(480)

twoway contourline height north east, colorlines levels(8) title("Lines of equal height") format(%4.0f)
graph export contourline.png, replace width(480)

* Distributions
sysuse orthodont, clear
label variable distance "Distance (mm)"
pnorm distance, title("Normal probabilities")
graph export pnorm.png, replace width(480)
quantile distance, title("Quantiles")
graph export quantile.png, replace width(480)
symplot distance, title("Symmetry about the median")
graph export symplot.png, replace width(480)
generate boys = distance if !female
generate girls = distance if female
label variable boys "Boys"
label variable girls "Girls"
qqplot boys girls, title("Quantiles of two groups")
graph export qqplot.png, replace width(480)
generate square = ((distance - 24) / 3)^2
label variable square "Squared deviations"
qchi square, title("Against chi-squared")
graph export qchi.png, replace width(480)
pchi square, title("Chi-squared probabilities")
graph export pchi.png, replace width(480)
spikeplot distance, title("Frequencies")
graph export spikeplot.png, replace width(480)
dotplot distance, over(age) center median bar title("Every child a dot")
graph export dotplot.png, replace width(480)
cumul distance if female, generate(c1) equal
cumul distance if !female, generate(c0) equal
label variable c1 "Girls"
label variable c0 "Boys"
line c0 c1 distance, sort connect(J J) ytitle("Cumulative share") title("Distribution functions")
graph export cumul.png, replace width(480)
gladder distance
graph export gladder.png, replace width(600)
qladder distance
graph export qladder.png, replace width(600)
kdensity distance, normal student(4) title("A density beside two others") legend(rows(1))
graph export density.png, replace width(480)
lpoly distance subject, degree(1) ci title("A local polynomial") legend(rows(1))
graph export lpoly.png, replace width(480)
graph hbox distance, over(age) over(female) title("Boxes along")
graph export hbox.png, replace width(480)
graph matrix distance age subject, diagonal(. . "Child") title("A matrix of scatter plots")
graph export pairs.png, replace width(480)
graph pie, over(age) plabel(_all name, gap(-20) size(medlarge)) plabel(_all percent, gap(15) format(%3.0f)) angle0(45) noclockwise ///
    pie(1, explode) line(lcolor(white) lwidth(thick)) legend(off) title("Slices")
graph export slices.png, replace width(480)

* After models
quietly regress distance age female subject
avplots, title("Added variables")
graph export avplots.png, replace width(600)
cprplot age, lowess title("Component plus residual")
graph export cprplot.png, replace width(480)
acprplot subject, mspline msopts(bands(6)) title("Augmented")
graph export acprplot.png, replace width(480)
rvpplot age, yline(0) title("Residuals against a covariate")
graph export rvpplot.png, replace width(480)
lvr2plot, msize(small) title("Leverage")
graph export lvr2plot.png, replace width(480)
quietly logit female distance age
lroc, title("ROC curve")
graph export lroc.png, replace width(480)
lsens, title("Sensitivity and specificity")
graph export lsens.png, replace width(480)
quietly xtmixed distance c.age##i.female || subject: age
estat residuals, title("What a mixed model leaves over")
graph export residuals.png, replace width(600)
coefplot, keep(lns*: lnsig*: atr*:) vertical yline(0) title("Variance components, as estimated")
graph export components.png, replace width(480)
quietly margins female, at(age=(8(2)14))
marginsplot, by(female) recast(scatter) title("A panel for each sex")
graph export marginsby.png, replace width(480)
quietly margins, at(age=(8(2)14))
marginsplot, recastci(rarea) ciopts(color(%30)) addplot(scatter distance age, below msymbol(Oh) mcolor(gs10)) ///
    legend(order(1 "Margins" 2 "Children") rows(1)) title("Margins over the data")
graph export addplot.png, replace width(480)
quietly margins female, at(age=(8 14))
marginsplot, horizontal plotdimension(female) recast(scatter) title("Margins along")
graph export marginsalong.png, replace width(480)

* Series
sysuse ovary, clear
keep if mare == 1
generate t = _n
tsset t
label variable follicles "Follicles"
tsline follicles, title("A series") xtitle("Observation")
graph export tsline.png, replace width(480)
ac follicles, title("Autocorrelations") lags(12)
graph export ac.png, replace width(480)
pac follicles, title("Partial autocorrelations") lags(12)
graph export pac.png, replace width(480)
generate wave = sin(2 * _pi * t / 29)
xcorr follicles wave, title("Two series") lags(12)
graph export xcorr.png, replace width(480)

* Schemes
sysuse orthodont, clear
label variable distance "Distance (mm)"
foreach scheme in s2color s1color s1mono s2mono plotplain xmixed {
    twoway (scatter distance age if !female) (scatter distance age if female) (lfit distance age, lwidth(thick)), ///
        scheme(`scheme') title("`scheme'") legend(order(1 "Boys" 2 "Girls" 3 "Fit")) name(`scheme', replace)
}
graph combine s2color s1color s1mono s2mono plotplain xmixed, cols(3) xsize(9) ysize(5) title("Schemes")
graph export schemes.png, replace width(900)

* Letters of any script
scatter distance age in 1/20, title("\$x^2\$ is text, {it:r}{sup:2} = {&alpha} + {&beta}x") subtitle("Größe, Рост, Ύψος, גובה") ///
    note("[brackets] {braces} \ backslash %s") caption("{bf:bold} becomes plain")
graph export letters.png, replace width(480)
