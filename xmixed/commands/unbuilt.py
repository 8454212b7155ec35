"""Stata's commands that do not exist here yet, so that their users read that, and not "unrecognized"."""

from __future__ import annotations

_NAMES = """
ado adopath alpha ameans anova:an append:app arch areg args arima asclogit asmprobit assert:as binreg
biprobit bitest blogit bootstrap boxcox bprobit brier browse:br bsample bstat by bysort:bys ca canon
centile:cen cf changeeol char checksum ci cii clogit cloglog clonevar cluster cmdlog cnsreg collapse compare
compress confirm:conf constraint:cons contract copy corr2data corrgram creturn:cret cross
ctset cumul cusum datasignature decode dfactor dfgls dir discard doedit:doed dotplot drawnorm dstdize
duplicates dvech edit:ed egen eivreg encode:en erase exlogistic expand expandcl expoisson export
factor:fac fcast filefilter fillin findit fracpoly frontier fvset
gettoken:gettok glm glogit gmm gnbreg graph:gr grmeanby hausman heckman heckprob hetprob hexdump
histogram:hist hotelling icd9 import infile:inf infix input:inp insheet inspect:ins intreg ipolate irf
ivprobit ivregress ivtobit jackknife joinby kap kappa kdensity ksmirnov ktau kwallis ladder levelsof:levels
lincom lnskew0 logistic logit loneway lookfor lowess lpoly ls ltable lv manova margins marginsplot mark
markout marksample mata mca mds mean median meglm melogit memory mepoisson meprobit merge:mer mfp mgarch mi
misstable mkdir mkmat mkspline ml mlogit move mprobit mvdecode mvencode mvreg nbreg nestreg net newey nl
nlcom nlogit nlsur nptrend numlabel numlist odbc ologit:olog oneway:on oprobit:oprob orthog outfile:ou
outsheet pause pca pcorr pergram permute pkcollapse plot poisson post postclose postfile pperron prais
predict predictnl preserve probit:prob procrustes program:pr proportion prtest qreg quantile
query:q ranksum ratio recast recode reg3 regress:reg renpfix reshape restore rmdir rocfit roctab rolling
rotate rreg runtest sample sampsi scalar:sca scatter:sc scobit screeplot sdtest search sem separate serset
shell:sh signrank signtest simulate sktest sleep slogit snapshot spearman spikeplot split sqreg stack
statsby stcox stcurve stem stepwise streg sts stset stsplit stsum sureg svmat svy svyset swilk symplot
syntax tabi table tabodds tempfile tempname tempvar testnl
tetrachoric timer tobit tokenize:token tostring total translate treatreg truncreg tsappend tsfill tsline
tsreport tssmooth ttest ttesti twoway:tw type unab var varbasic vec view vwls which wntestq
xcorr xi xmlsave xmluse xpose xtabond xtcloglog xtdata xtdescribe:xtdes xtdpd xtfrontier xtgee xtgls
xthtaylor xtintreg xtivreg xtline xtlogit xtmelogit xtmepoisson xtnbreg xtpcse xtpoisson xtprobit xtrc xtreg
xtregar xtsum xttab xttobit xtunitroot zinb zip
"""

NOT_BUILT: dict[str, str] = {
    name: minimum or name for name, _, minimum in (entry.partition(":") for entry in _NAMES.split())
}
"""Shortest abbreviation by full name."""
