* source: FORMAT-estimation 3.7 to 3.9 (titles, Wald tables, grids); labels of g h j p operators are recalled
* covers: contrast, pwcompare, margins
sysuse hsb82
generate byte grp = 1 + mod(_n, 3)
quietly xtmixed mathach c.ses##i.grp i.minority##i.grp || school:
contrast grp
contrast r.grp
contrast r.grp, effects level(90)
contrast r.grp minority grp#minority, pveffects overall
contrast grp@minority r.grp@minority, nowald
contrast r.grp#r.minority, cieffects
contrast g.grp h.grp j.grp a.grp ar.grp, nowald
contrast p.grp q.grp p2.grp r3.grp gw.grp, nowald sort
contrast {grp -1 .5 .5}, asobserved noestimcheck cformat(%8.3f)
contrast grp#c.ses
contrast r.grp, mcompare(bonferroni) effects pformat(%4.2f) sformat(%5.1f)
contrast r.grp, mcompare(scheffe) df(40)
return list
pwcompare grp
pwcompare grp, effects mcompare(sidak) sort pformat(%4.2f) sformat(%5.1f)
pwcompare grp#minority, mcompare(bonferroni) cformat(%8.3f)
pwcompare grp, pveffects df(20) level(90)
pwcompare grp, cieffects asobserved noestimcheck
pwcompare grp#minority, groups
return list
margins r.grp
margins r.grp, at(ses=(0 1))
margins ar.grp, at(ses=0) contrast(effects nowald)
margins grp, pwcompare
margins grp, pwcompare(effects) mcompare(bonferroni)
margins grp#minority, pwcompare(groups)
margins r.grp, dydx(ses)
margins r.grp@minority, over(minority)
capture noisily contrast ses
capture noisily contrast z.grp
capture noisily contrast r7.grp
capture noisily contrast {grp 1 -1}
capture noisily contrast
capture noisily pwcompare r.grp
capture noisily pwcompare grp, mcompare(tukey)
capture noisily margins grp@minority
capture noisily margins r.grp, contrast(foo)
capture noisily margins r.grp, post
quietly regress mathach i.grp##i.minority
contrast r.grp grp@minority
pwcompare grp, mcompare(tukey) effects
capture noisily pwcompare grp, mcompare(dunnett)
quietly logit minority c.ses i.grp
margins grp
margins, dydx(ses) at(grp=(1 2))
