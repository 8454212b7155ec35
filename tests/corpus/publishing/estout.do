* source: FORMAT-estimation 5.3 (the grid of esttab); layout of estout itself recalled
* covers: estout, esttab
sysuse sleepstudy
eststo one: quietly xtmixed reaction days || subject:, nolog
eststo two: quietly xtmixed reaction days || subject: days, nolog
estout
estout, cells(b(star fmt(3)) se(par fmt(2))) stats(ll N, fmt(1 0) labels("Log lik." "Obs.")) legend keep(reaction:)
estout one, cells("b(fmt(2)) se(fmt(2)) p(fmt(3))") keep(reaction:) collabels("Coef." "S.E." "p") mlabels("Model")
estout, keep(reaction:) drop(_cons) collabels(none) mlabels(none) label note("a note") numbers starlevels(+ 0.1)
estout two, transform(ln*: exp(@) exp(@) at*: tanh(@) 1-tanh(@)^2) eqlabels("Fixed" "sd(days)" "sd(_cons)" "corr" "sd(e)") cells(b se)
estout using table
estout one using table.tex, style(tex) substitute(days Days)
type table.tex
esttab, transform(ln*: exp(@) exp(@)) se eqlabels(none) noconstant
esttab, transform(ln*: exp(@) exp(@)) main(b 2) aux(p 3) brackets noeqlines
esttab one, keep(reaction:) noparentheses tex alignment(r) substitute(days Days)
quietly regress reaction i.days if days < 4
esttab ., refcat(1.days "Day 0", label(reference)) nobaselevels noabbrev compress
esttab ., refcat(1.days "Days", nolabel) nobaselevels style(md)
capture noisily esttab ., transform(ln*: exp(@))
capture noisily esttab ., style(pdf)
capture noisily esttab ., main(beta)
capture noisily estout, cells("b se" "t p")
capture noisily estout, cells(b "t p")
capture noisily esttab using table.doc
