* source: bytes of IEEE 754 and two's complement, asserted through type and a second reading
* covers: file, file open, file write, file read, file set, file close
file open h using a.bin, write binary replace
file set h byteorder hilo
file write h %4b (1094861636) %1b (-1) %2bu (65535) %8z (.1) %4z (.5) %6s ("abc")
file close h
file open h using a.bin, read text
file read h line
display substr("`line'", 1, 4)
file close h
file open h using a.bin, read binary
file set h byteorder hilo
file read h %4b i %1b j %2bu k %8z x %4z y %6s text
display i " " j " " k " " x " " y " `text'"
assert x == .1 & y == .5
file read h %1b j
display r(eof)
file seek h 4
file read h %1bu j
display j
file close h
