* source: FORMAT A5 (notes of omission, base and empty levels); figures of oats against lme4 in tests/conformance
* covers: xtmixed, xtmixed allbaselevels, matrix list
sysuse oats, clear
xtmixed yield c.nitro##i.variety || block: || variety:, nolog
xtmixed, noheader norettable allbaselevels
xtmixed, noheader norettable baselevels vsquish
generate level = nitro*10
drop if variety==2 & level==4
xtmixed yield i.variety##i.level || block: || variety:, nolog noheader norettable
xtmixed, noheader norettable noemptycells nolrtest
generate copy = 2*nitro
generate one = 1
xtmixed yield nitro copy one || block: nitro copy, nolog
xtmixed, noomitted noheader norettable
xtmixed yield ibn.variety, noconstant || block:, nolog noheader norettable
xtmixed yield i.variety#c.nitro || block:, nolog noheader norettable
matrix list e(b)
