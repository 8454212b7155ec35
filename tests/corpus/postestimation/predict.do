* source: FORMAT-estimation 1 (messages, labels of xb and the BLUPs); figures of lme4 and nlme in conformance
* covers: predict
sysuse sleepstudy
quietly xtmixed reaction days in 1/175 || subject: days, covariance(unstructured) reml
predict f1
predict double f2 if days < 9, fitted
predict u1 u0, reffects
predict se*, reses level(subject)
predict r, residuals
predict rs, rstandard
predict double sp if days == 0, stdp
describe f1-sp
list subject days f1 f2 u1 u0 se1 se2 r rs sp in 171/180
capture noisily predict f1
capture noisily predict z, xb fitted
capture noisily predict u, reffects
capture noisily predict a b c, reffects
capture noisily predict z*, xb
capture noisily predict z, level(subject)
capture noisily predict z, fitted level(days)
capture noisily predict str5 z
capture noisily predict
capture noisily predict z, leverage
capture noisily predict z*, scores
predict v*, reffects reses(w*)
quietly xtmixed reaction days || subject: days, covariance(unstructured)
predict double s*, scores
list subject s1-s6 if s1 < . in 1/40
describe s1-s6
sysuse penicillin, clear
quietly xtmixed diameter || _all: R.plate || sample:, reml
predict p s, reffects
predict sp ss, reses
predict top, fitted relevel(_all)
describe p s
list plate sample p s sp ss top in 1/7
set obs 146
replace sample = 1 in 145
replace plate = 30 in 146
replace sample = 7 in 146
predict again*, reffects
predict fit, fitted
list plate sample again* fit in 143/146
quietly xtmixed diameter
capture noisily predict none*, reffects
predict fixed, fitted
summarize fixed
