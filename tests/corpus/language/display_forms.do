* source: LANGUAGE 9.1 (directives of display [S])
* covers: display
display 3 4
display 1,2
display 1/3
display 1e20
display 12345678901234567890
display %9.2f 3.14159 "|" %-10s "left" "|" %10s "right" "|"
display "a" _n "b"
display _n "c"
display "a" _skip(3) "b" _column(20) "c"
display _dup(5) "ab"
display "no end" _continue
display " of line"
display _char(65) _char(66)
display as text "t" as result "r" as error "e" as input "i"
display in green "g" in yellow "y" in smcl "{bf:bold}"
display `"compound "quotes" inside"'
display
display "{hline 20}"
display "{ralign 10:right}|{center 10:mid}|{lalign 10:left}|"
display "{c TLC}{hline 5}{c TRC}" _n "{c |}{space 5}{c |}" _n "{c BLC}{hline 5}{c BRC}"
display "{nosuch} {c -(}braces{c )-}"
display _asis "{bf:as it is}"
display "{txt}plain {res}result{txt} {it:italics}{...}"
capture noisily display %5q 3
