* source: FORMAT-estimation 4.3; figures of R in conformance
* covers: anova, regress, testparm
* digits: 6
sysuse exam
anova normexam intake male
anova normexam intake##male c.standlrt
regress
testparm i.intake
anova normexam intake male c.standlrt intake#male, sequential
anova normexam i.intake if male, noconstant
