* source: PSPP's description of system files, written here field by field; what is missing is -DBL_MAX
* covers: import spss, import sas, file write
file open h using pigs.sav, write binary replace
file set h byteorder lohi
file write h %1bu (36) %3s ("FL2")
file write h %60s ("@(#) SPSS DATA FILE written by hand                         ")
file write h %4b (2) %4b (3) %4b (0) %4b (0) %4b (3)
file write h %8z (100)
file write h %9s ("01 Jan 20")
file write h %8s ("00:00:00")
file write h %64s ("Pigs                                                            ")
file write h %1b (0) %1b (0) %1b (0)
file write h %4b (2) %4b (0) %4b (1) %4b (1) %4b (329730) %4b (329730)
file write h %8s ("SEX     ")
file write h %4b (10)
file write h %12s ("sex of pig  ")
file write h %8z (9)
file write h %4b (2) %4b (0) %4b (0) %4b (0) %4b (329730) %4b (329730)
file write h %8s ("WEIGHT  ")
file write h %4b (2) %4b (5) %4b (0) %4b (0) %4b (66816) %4b (66816)
file write h %8s ("NAME    ")
file write h %4b (3) %4b (2)
file write h %8z (1)
file write h %1b (4)
file write h %7s ("male   ")
file write h %8z (2)
file write h %1b (6)
file write h %7s ("female ")
file write h %4b (4) %4b (1) %4b (1)
file write h %4b (999) %4b (0)
file write h %8z (1) %8z (2.5)
file write h %8s ("Otto    ")
file write h %8z (2) %1bu (255) %1bu (255) %1bu (255) %1bu (255) %1bu (255) %1bu (255) %1bu (239) %1bu (255)
file write h %8s ("Rosa    ")
file write h %8z (9) %8z (-0.1)
file write h %8s ("        ")
file close h
import spss pigs
describe
label list
list
list, nolabel
import spss name weight if sex < 9 using pigs.sav, case(lower) clear
list
capture noisily import spss nosuch, clear
display _rc
replace weight = 0
capture noisily import spss pigs
display _rc
file open h using half.sav, write text replace
file write h "FL2 and nothing more"
file close h
capture noisily import spss half, clear
display _rc
capture noisily import sas half.sav, clear
display _rc
capture noisily import sas nosuch, clear
display _rc
list
