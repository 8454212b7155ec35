* source: FORMAT-estimation 6.3; a loop over the program gives the same means
* covers: simulate
* digits: 6
program onerun, rclass
  syntax , n(integer)
  drop _all
  quietly set obs `n'
  generate x = rnormal()
  quietly summarize x
  return scalar m = r(mean)
  return scalar s = r(sd)
end
set seed 7
onerun, n(20)
onerun, n(20)
display %9.7f r(m)
simulate m=r(m), reps(53) seed(7): onerun, n(20)
display %9.7f m[2]
summarize
simulate, reps(10) seed(7) nodots nolegend: onerun, n(20)
describe
simulate m=r(m), reps(4) seed(7) dots noisily reject(r(m) > 0): onerun, n(20)
list
capture noisily simulate m=r(m): onerun, n(20)
capture noisily simulate m=r(nothing), reps(2): onerun
