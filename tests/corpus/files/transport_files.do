* source: TS-140, the published layout of SAS transport files (version 5), written here byte by byte; numbers of IBM's System/360
* source: by hand: 1 = 0x41 10, -1 = 0xC1 10, 2.5 = 0x41 28, 21916 (2 January 2020) = 0x44 55 9C, . = 0x2E, .A = 0x41 with zeros behind
* covers: import sasxport, file write
file open h using pigs.xpt, write binary replace
file set h byteorder hilo
file write h %80s ("HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!000000000000000000000000000000  ")
file write h %80s ("SAS     SAS     SASLIB  9.4     Linux                           01JAN20:00:00:00")
file write h %80s ("01JAN20:00:00:00                                                                ")
file write h %80s ("HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!000000000000000001600000000140  ")
file write h %80s ("HEADER RECORD*******DSCRPTR HEADER RECORD!!!!!!!000000000000000000000000000000  ")
file write h %80s ("SAS     PIGS    SASDATA 9.4     Linux                           01JAN20:00:00:00")
file write h %80s ("01JAN20:00:00:00                Weights of pigs                                 ")
file write h %80s ("HEADER RECORD*******NAMESTR HEADER RECORD!!!!!!!000000000300000000000000000000  ")
file write h %2b (1) %2b (0) %2b (8) %2b (1)
file write h %8s ("WEIGHT  ")
file write h %40s ("weight in kg                            ")
file write h %8s ("        ")
file write h %2b (0) %2b (0) %2b (0) %2b (0)
file write h %8s ("        ")
file write h %2b (0) %2b (0) %4b (0)
file write h %52s ("                                                    ")
file write h %2b (1) %2b (0) %2b (8) %2b (2)
file write h %8s ("BORN    ")
file write h %40s ("                                        ")
file write h %8s ("DATE    ")
file write h %2b (9) %2b (0) %2b (0) %2b (0)
file write h %8s ("        ")
file write h %2b (0) %2b (0) %4b (8)
file write h %52s ("                                                    ")
file write h %2b (2) %2b (0) %2b (5) %2b (3)
file write h %8s ("NAME    ")
file write h %40s ("                                        ")
file write h %8s ("        ")
file write h %2b (0) %2b (0) %2b (0) %2b (0)
file write h %8s ("        ")
file write h %2b (0) %2b (0) %4b (16)
file write h %52s ("                                                    ")
file write h %60s ("                                                            ")
file write h %80s ("HEADER RECORD*******OBS     HEADER RECORD!!!!!!!000000000000000000000000000000  ")
file write h %1bu (65) %1bu (40) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0)
file write h %1bu (68) %1bu (85) %1bu (156) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0)
file write h %5s ("Rosa ")
file write h %1bu (193) %1bu (16) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0)
file write h %1bu (46) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0)
file write h %5s ("Otto ")
file write h %1bu (46) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0)
file write h %1bu (65) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0)
file write h %5s ("Ida  ")
file write h %1bu (65) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0)
file write h %1bu (65) %1bu (16) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0) %1bu (0)
file write h %5s ("     ")
file write h %76s ("                                                                            ")
file close h
import sasxport pigs
describe
list
list, nolabel
capture noisily import sasxport nosuch
display _rc
capture noisily import sasxport pigs.xpt
display _rc
import sasxport pigs.xpt, clear novallabels
describe, short
file open h using half.xpt, write text replace
file write h "HEADER RECORD" _n
file close h
capture noisily import sasxport half, clear
display _rc
describe, short
