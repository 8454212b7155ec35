* source: FORMAT-data 12 (messages); values by hand
* covers: infile, infix, file
file open f using free.raw, write
file write f `"1 2.5 "pig one" 7"' _n "2, ,two,8 3" _n ".a x 'a b' 9" _n "4"
file close f
infile id x str9 name _skip using free
list
infile double(id x) str3 name _skip(1) using free.raw in 1/2, clear
list
capture noisily infile id id using free, clear
capture noisily infile id using nosuch, clear
capture noisily infile id using free, clear byvariable(3)
file open f using cols.raw, write
file write f "pig1  123  2" _n "line2" _n "pig 2 999a.b" _n "more" _n
file close f
infix 2 lines 1: str name 1-5 byte big 7-9 float z 10-12 2: str4 rest 2-5 using cols, clear
describe, simple
list
infix str9 a 1-3 / b 5 using cols if a == "pig", clear
list
capture noisily infix a using cols, clear
capture noisily infix a 3-2 using cols, clear
file open f using own.dct, write
file write f "* notes first" _n "infile dictionary {" _n "  _firstlineoffile(1)" _n
file write f `"  int id %3f "identifier""' _n "  _column(5) double x %4.2f" _n "  str8 name:lab %8s" _n "  y" _n "}" _n
file write f "  1 1234ab cd    12" _n "  2 1.5 x           " _n "  3  abcyyyyyyyy3.25" _n
file close f
capture noisily infile using own, clear
file open f using own.dct, write replace
file write f "* notes first" _n "infile dictionary {" _n
file write f `"  int id %3f "identifier""' _n "  _column(5) double x %4.2f" _n "  str8 name %8s" _n "  y" _n "}" _n
file write f "  1 1234ab cd    12" _n "  2 1.5 x           " _n "  3  abcyyyyyyyy3.25" _n
file close f
infile using own, clear
describe
list
file open f using two.dct, write
file write f "infix dictionary using cols.raw {" _n "2 lines" _n "str4 name 1-4" _n "2:" _n "str2 r 1-2" _n "}" _n
file close f
infix using two, clear
list
infix using two, clear using(free.raw)
list
capture noisily infile using cols.raw, clear
count
