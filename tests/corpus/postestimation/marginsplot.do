* source: FORMAT-estimation 3.10 (the message); graphs themselves in tests/graphics
* covers: marginsplot, margins
set graphics off
sysuse hsb82
quietly xtmixed mathach c.ses##i.female minority || school:
quietly margins female, at(ses=(-1 0 1))
marginsplot
quietly margins, dydx(ses) over(female) post
test [ses]0.female = [ses]1.female
marginsplot
quietly summarize ses
quietly regress mathach ses
capture noisily marginsplot
