* source: public documentation of estpost, estadd and esttab: what they hold and which rows a table has; figures are those of the commands
* covers: estpost, estadd, esttab
* digits: 6
sysuse hsb82, clear
estpost summarize mathach ses
esttab, cells("mean(fmt(2)) sd(fmt(2)) min max count(label(Obs))") nomtitles nonumbers noobs
estpost tabulate female minority
esttab, cells("b colpct(fmt(1) par)") unstack noobs nonumbers nomtitles
estpost correlate mathach ses female, matrix
esttab, unstack not noobs nonumbers nomtitles compress
estpost ttest mathach ses, by(female)
esttab, cells("mu_1 mu_2 b(star) t(fmt(2))") nomtitles nonumbers
quietly regress mathach ses female
estadd ysumm
estadd vif
eststo one
quietly xtmixed mathach ses || school:, nolog
eststo two
esttab one two, beta
esttab one, cells("b(star) vif(fmt(2))") stats(N ymean)
esttab one two, unstack
esttab one, tex keep(ses) title(Scores) prehead("\begin{tabular}{l*{@M}{c}}" "@hline") postfoot("@hline" "\end{tabular}")
