* Options of Stata that have no effect here: accepted with a note.
scatter distance age, fxsize(50)
scatter distance age, fysize(50)
scatter distance age, play(x)
scatter distance age, bgcolor(white)
scatter distance age, yoverhangs
scatter distance age, xoverhangs
scatter distance age, yvarformat(%9.0g)
scatter distance age, xvarformat(%9.0g)
scatter distance age, mstyle(p2)
scatter distance age, mlstyle(p2)
scatter distance age, mlabgap(2)
scatter distance age, mlabtextstyle(x)
scatter distance age, mlabstyle(x)
scatter distance age, mlabformat(x)
scatter distance age, mlalign(x)
scatter distance age, title(T, box)
scatter distance age, ylabel(, norescale)
scatter distance age, ylabel(, tlength(2))
scatter distance age, legend(span)
scatter distance age, by(female, compact)
scatter distance age, plotregion(ilcolor(red))
twoway bar distance age, nodropbase
twoway bar distance age, mwidth
twoway bar distance age, astyle(x)
twoway bar distance age, bstyle(x)
twoway bar distance age, blstyle(x)
twoway bar distance age, alstyle(x)
twoway dot distance age, ndots(9)
twoway dot distance age, dsymbol(x)
twoway dot distance age, dcolor(x)
twoway dot distance age, dsize(x)
twoway dot distance age, dfcolor(x)
twoway dot distance age, dlcolor(x)
twoway dot distance age, dlwidth(x)
twoway dot distance age, dotextend(no)
twoway lfit distance age, atobs
twoway lfit distance age, estopts(x)
twoway lfit distance age, predopts(x)
twoway lfit distance age, regopts(x)
twoway lfitci distance age, fitplot(x)
twoway lfitci distance age, blstyle(x)
twoway lfitci distance age, alpattern(x)
twoway kdensity distance, boundary
twoway pcarrow distance age sub2 age, barbsize(1)
twoway pcarrow distance age sub2 age, mangle(1)
twoway pcarrow distance age sub2 age, headlabel
graph bar distance, fill
graph bar distance, showyvars
graph bar distance, outergap(1)
graph bar distance, yvaroptions(gap(1))
graph bar distance, lintensity(1)
graph bar distance, pcycle(1)
graph bar distance, medtype(x)
graph bar distance, medline(x)
graph bar distance, medmarker(x)
graph bar distance, alsize(1)
graph bar distance, capsize(1)
graph bar distance, linetype(x)
graph bar distance, lines(x)
graph bar distance, ndots(1)
graph bar distance, dots(x)
graph bar distance, rectangles(x)
graph bar distance, linegap(1)
graph bar distance, cwhiskers
graph pie distance age, ptext(x)
graph pie distance age, pcycle(1)
graph combine one two, altshrink
graph combine one two, imargin(zero)
graph combine one two, legend(off)
qnorm distance, grid
twoway contour distance age subject, heatmap
twoway contour distance age subject, zlabel(1)
twoway contour distance age subject, zscale(log)
twoway contour distance age subject, zaxis(1)
twoway contour distance age subject, clegend(off)
dotplot distance, nx(3)
dotplot distance, bounded
ac distance if subject == 1, fft
scatter distance age, by(female, legend(at(4)))
twoway bar distance age, lalign(inside)
graph bar distance, allcategories
