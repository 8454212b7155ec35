* source: LANGUAGE 11 (file: status of line ends, end of file, messages)
* covers: file, file open, file write, file read, file seek, file close
file open out using a.txt, write replace
file write out "first" _n "second" _tab "tabbed" _n
file write out %8.3f (1/3) "|" %-6s ("ab") "|" (2 + 2) _n "no end"
file close out
file open in using a.txt, read
file read in line
while r(eof) == 0 {
    display `"`r(status)': `line'"'
    file read in line
}
file seek in tof
file read in line
display "`line'"
file seek in query
display r(loc)
file close in
capture noisily file read in line
display _rc
capture noisily file open in using nosuch.txt, read
display _rc
capture noisily file open in using a.txt, write
display _rc
file open in using a.txt, read
capture noisily file open in using a.txt, read
display _rc
file close _all
