* source: LANGUAGE 10.1 (messages and return codes of logs; the banner itself holds the time)
* covers: log, log query, log close, log off, log on, cmdlog, translate, type, capture
log query
capture noisily log close
display _rc
quietly log using one, text
capture noisily log using two
display _rc
display 1 + 1
quietly log off
display "not logged"
quietly log on
quietly log using three, smcl name(third)
display "both {c -(}"
capture noisily log close fourth
display _rc
quietly log close _all
type one.log
type three.smcl, asis
capture log using one, text
display _rc
cmdlog
capture noisily cmdlog close
display _rc
translate three.smcl three.log
type three.log
