* source: FORMAT-estimation 5.3 (layout of esttab in fixed columns, LaTeX, CSV); figures are those of the models' own tables
* covers: esttab, eststo, estadd
* digits: 6
sysuse sleepstudy, clear
generate byte late = days > 4
label variable late "Last half"
eststo: quietly regress reaction days
eststo ri, title(Intercepts): quietly xtmixed reaction days || subject:, nolog
quietly regress reaction i.late##c.days
estadd local effects "Yes"
estadd scalar k9 = 9.5
eststo
esttab
esttab ri
esttab est1 ri, se label r2 aic title(My table) addnotes("One note" "and another")
esttab est1, ci wide nonumbers
esttab est1 est3, plain p(3)
esttab est1 est3, cells(b(star fmt(3)) se(par fmt(2))) stats(N r2 effects, fmt(0 3) labels("Obs" "R2" "Effects")) star(* 0.10 ** 0.05) nobaselevels indicate("Late = *.late*")
esttab est1 ri, keep(days reaction:_cons) coeflabels(days "Days") nogaps mgroups("First" "Second", pattern(1 1)) mtitles
esttab est1 est3, drop(_cons) order(1.late) rename(1.late#c.days slope) not nostar noobs scalars("k9 Nine" effects) sfmt(2) noomitted nonotes nomtitles compress
esttab est1 ri, html
esttab est1 ri, md
esttab est1 ri, tab nogaps noeqlines
esttab est1, tex
esttab est1 using table
esttab est1 using table, replace
estadd scalar k9 = 3 : est1
esttab est1, scalars(k9) eform
capture noisily esttab est1 using table
capture noisily estadd scalar k9 = 4 : est1
capture noisily esttab nosuch
capture noisily esttab est1, b(nonsense)
capture noisily esttab est1, star(* 2)
capture noisily esttab est1, unstack
capture noisily esttab using table.doc
capture noisily estadd summ
eststo drop ri
eststo dir
eststo clear
capture noisily eststo drop x
clear all
capture noisily esttab
capture noisily eststo
