* source: FORMAT E (messages and codes)
* covers: xtmixed, capture
sysuse oats, clear
generate str4 who = "a"
xtmixed yield nitro || block:, nolog nofetable norettable
capture noisily xtmixed yield nitro || nobody:
capture noisily xtmixed yield nitro || block: i.variety
capture noisily xtmixed yield nitro || block variety
capture noisily xtmixed yield nitro || block: nitro, cov(foo)
capture noisily xtmixed yield nitro, cov(un) || block:
capture noisily xtmixed yield nitro || block:, residuals(ar 1, t(variety))
capture noisily xtmixed yield nitro || block:, vce(robust) reml
capture noisily xtmixed yield nitro [fw=variety] || block:, reml
capture noisily xtmixed yield nitro [aw=variety] || block:
capture noisily xtmixed yield nitro || _all: R.block, cov(un)
capture noisily xtmixed yield nitro || block: || variety: || block: nitro
capture noisily xtmixed yield nitro || block: || _all:
capture noisily xtmixed yield nitro || block:, reml mle
capture noisily xtmixed yield nitro || block:, from(lns1_1_2=1)
capture noisily xtmixed yield nitro || block:, foo
capture noisily xtmixed yield nitro || block:, technique(bhhh)
capture noisily xtmixed yield nitro || block:, level(101)
capture noisily xtmixed yield nitro || block:, cformat(%14.3f)
capture noisily xtmixed yield nitro if nitro > 100 || block:
capture noisily xtmixed yield nitro if nitro > 0.5 & variety==1 in 1/5 || block:
capture noisily xtmixed who nitro || block:
capture noisily xtmixed yield who || block:
capture noisily xtmixed yield i.who || block:
capture noisily xtmixed yield i.nitro || block:
capture noisily xtmixed yield nitro || block: who
capture noisily xtmixed, reml
generate constant = 3
capture noisily xtmixed constant || block:
capture noisily xtmixed yield constant yield || block:
display e(cmdline)
