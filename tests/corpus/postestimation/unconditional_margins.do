* source: FORMAT-estimation 3.7 (heads of vce(unconditional) [M], legends); figures by stacked equations in conformance
* covers: margins, contrast, pwcompare
* digits: 7
sysuse hsb82
generate byte grp = 1 + mod(school, 3)
quietly logit minority c.ses i.grp##i.female, vce(cluster school)
margins grp, vce(unconditional)
margins r.grp, vce(unconditional) contrast(effects)
quietly regress mathach ses i.grp##i.female, vce(robust)
margins, dydx(ses) vce(unconditional)
margins grp, within(female)
margins grp, asbalanced emptycells(reweight)
margins, at(ses=(-1 0 1)) contrast(atcontrast(ar._at) effects)
margins grp, pwcompare post
test 2vs1.grp = 3vs1.grp
quietly regress mathach i.grp
pwcompare grp, mcompare(dunnett) effects
pwcompare grp, mcompare(snk) groups
pwcompare grp, cimargins
