* source: messages of LANGUAGE 11 [S for rmdir]
* covers: mkdir, cd, rmdir, copy, erase, type, dir, confirm, capture
mkdir sub
file open f using sub/a.txt, write
file write f "one line" _n
file close f
copy sub/a.txt sub/b.txt
type sub/b.txt
capture rmdir sub
display _rc
confirm file sub/b.txt
erase sub/a.txt
erase sub/b.txt
rmdir sub
capture noisily cd nosuch
display _rc
capture noisily erase nosuch.txt
display _rc
capture noisily type nosuch.txt
display _rc
capture noisily copy nosuch.txt a.txt
display _rc
