* source: the manual's description of snapshot
* covers: snapshot, snapshot save, snapshot list, snapshot label, snapshot restore, snapshot erase
set obs 3
generate x = _n
quietly snapshot save, label("three")
display r(snapshot)
drop in 1
quietly snapshot save
display r(snapshot)
clear
snapshot restore 1
list
snapshot restore 2
list
quietly snapshot label 2 "two"
capture noisily snapshot restore 3
capture noisily snapshot erase
capture noisily snapshot label 2
snapshot erase 1
capture noisily snapshot restore 1
capture noisily snapshot list 1
snapshot erase _all
snapshot list
capture noisily snapshot
clear
capture noisily snapshot save
