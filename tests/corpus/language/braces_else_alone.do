* source: LANGUAGE 4.1 (errors of braces and their codes)
* covers: display
display 1
else display 2
