* source: LANGUAGE 4.1 (errors of braces and their codes)
* covers: if
if 1 {
display 1

